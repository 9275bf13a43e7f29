namespace AotKv.Engine;

/// <summary>How far a scan of the store has come. The default is the beginning; a copy can be kept and gone on from.</summary>
public struct ScanPosition
{
    internal int Stripe;
    internal uint Tag;

    /// <summary>The position as a number, to be kept outside of the process. It means something to the store it came from only.</summary>
    public readonly ulong ToNumber() => ((ulong)(uint)Stripe << Memtable.Slot.TagBits) | Tag;

    /// <summary>Goes on in its stripe, or to the next one.</summary>
    /// <param name="tag">The next tag; beyond the largest when the stripe is at its end.</param>
    internal void MoveTo(uint tag)
    {
        bool ends = tag >= 1u << Memtable.Slot.TagBits;
        Stripe += ends ? 1 : 0;
        Tag = ends ? 0 : tag;
    }

    /// <summary>The position that a number stands for. Any number is one; most are behind the end.</summary>
    /// <param name="number">From <see cref="ToNumber"/>.</param>
    public static ScanPosition FromNumber(ulong number) => new()
    {
        Stripe = (int)Math.Min(number >> Memtable.Slot.TagBits, int.MaxValue),
        Tag = (uint)(number & ((1u << Memtable.Slot.TagBits) - 1)),
    };
}
