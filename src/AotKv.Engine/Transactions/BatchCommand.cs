using System.Runtime.CompilerServices;

namespace AotKv.Engine.Transactions;

/// <summary>What a command of a batch does.</summary>
public enum CommandKind : byte
{
    /// <summary>Reads the item: its value is in the result.</summary>
    Get,

    /// <summary>Looks whether the item is there; gives everything but the value.</summary>
    Exists,

    /// <summary>Stores, by a <see cref="StoreMode"/>.</summary>
    Put,

    /// <summary>Deletes.</summary>
    Delete,

    /// <summary>Adds to a number, or takes from it.</summary>
    Count,

    /// <summary>Gives the item another expiry.</summary>
    Touch,
}

/// <summary>One command of a batch. Keys and values lie in the batch's own bytes.</summary>
internal struct BatchCommand
{
    public ulong Hash;

    /// <summary>What the namespace adds to the hash of a key.</summary>
    public ulong HashSalt;
    public ulong Compare;
    public ulong Delta;
    public long ExpiryMilliseconds;
    public uint Namespace;
    public uint ClientFlags;
    public int KeyAt;
    public int KeyLength;
    public int ValueAt;
    public int ValueLength;
    public CommandKind Kind;
    public StoreMode Mode;
    public bool HasCompare;
    public bool MustBeAbsent;
    public bool Decrement;
    public bool IsRequired;

    /// <summary>A store whatever there was before, in the default namespace.</summary>
    public readonly bool IsPlainPut
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Kind == CommandKind.Put && Mode == StoreMode.Set && !HasCompare && Namespace == 0;
    }
}

/// <summary>How a command of a batch ended.</summary>
public readonly struct CommandResult
{
    internal CommandResult(StoreStatus status, ulong cas = 0, ulong number = 0, uint clientFlags = 0, long expiry = 0, int valueAt = 0, int valueLength = 0)
    {
        Status = status;
        Cas = cas;
        Number = number;
        ClientFlags = clientFlags;
        ExpiryMilliseconds = expiry;
        ValueAt = valueAt;
        ValueLength = valueLength;
    }

    /// <summary>How it ended, as the operation of the same name on the store.</summary>
    public StoreStatus Status { get; }

    /// <summary>
    /// The CAS id of the item that was read. An item that the same batch has written shows 0: its id is the batch's revision, which is
    /// known only at the end.
    /// </summary>
    public ulong Cas { get; }

    /// <summary>The new number of an arithmetic command.</summary>
    public ulong Number { get; }

    /// <summary>The item's client flags.</summary>
    public uint ClientFlags { get; }

    /// <summary>The item's expiry, milliseconds since 1970 (UTC); 0 never.</summary>
    public long ExpiryMilliseconds { get; }

    internal int ValueAt { get; }

    internal int ValueLength { get; }
}

/// <summary>How a batch ended.</summary>
/// <param name="Status">
/// Ok: all of it happened. Otherwise nothing did: Exists, NotFound, NotStored, NotNumeric, TooLarge or NamespaceDropped for the
/// command that failed and was required; NoMemory or Failed for the batch.
/// </param>
/// <param name="Revision">The revision of everything the batch has written; 0 when it has written nothing.</param>
/// <param name="FailedCommand">The command that failed; -1 when none did.</param>
public readonly record struct BatchOutcome(StoreStatus Status, ulong Revision, int FailedCommand);
