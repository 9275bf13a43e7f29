namespace AotKv.Engine;

/// <summary>Why a key was not found.</summary>
public enum MissReason : byte
{
    /// <summary>It was found.</summary>
    None,

    /// <summary>There is no such key.</summary>
    Absent,

    /// <summary>Its time had passed.</summary>
    Expired,

    /// <summary>It was stored before a flush.</summary>
    Flushed,
}

/// <summary>What an operation did.</summary>
public readonly struct Outcome
{
    private readonly ulong _cas;

    internal Outcome(StoreStatus status, MissReason miss = MissReason.None, ulong revision = 0, ulong number = 0, ulong cas = 0)
    {
        Status = status;
        Miss = miss;
        Revision = revision;
        Number = number;
        _cas = cas;
    }

    /// <summary>How it ended.</summary>
    public StoreStatus Status { get; }

    /// <summary>Why the key was not found, when it was not.</summary>
    public MissReason Miss { get; }

    /// <summary>The revision of the change: what to wait for when it must be durable. 0 when nothing was written.</summary>
    public ulong Revision { get; }

    /// <summary>The CAS id the item has now: its revision, unless the client chose another.</summary>
    public ulong Cas => _cas != 0 ? _cas : Revision;

    /// <summary>The new value of an arithmetic operation; the length of a stored value where <see cref="PutOptions.TellLength"/> asked for it.</summary>
    public ulong Number { get; }
}
