namespace AotKv.Engine;

/// <summary>What an operation has got hold of outside its stripe lock, to use inside it.</summary>
internal struct Room
{
    /// <summary>Bytes of the record that found no room; set where the operation stopped.</summary>
    public long Needed;

    /// <summary>How often room was asked for.</summary>
    public int Attempts;

    private int _largePlusOne;

    /// <summary>A large segment that belongs to the operation, or -1.</summary>
    public int Large
    {
        readonly get => _largePlusOne - 1;
        set => _largePlusOne = value + 1;
    }
}
