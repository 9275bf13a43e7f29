namespace AotKv.Engine.Transactions;

/// <summary>Where the bytes of a planned value are.</summary>
internal enum ValueSource : byte
{
    /// <summary>In the batch's input.</summary>
    Input,

    /// <summary>In the plan's scratch bytes: computed from something.</summary>
    Scratch,

    /// <summary>In the key's present record: only its expiry changes.</summary>
    Present,
}

/// <summary>What a key will be after a batch: the last of the commands that write it decides.</summary>
internal struct PlannedWrite
{
    public ulong Hash;

    /// <summary>The CAS id that a touched item keeps; 0 otherwise.</summary>
    public ulong KeptCas;

    public long ExpiryMilliseconds;

    /// <summary>Where the present record is; -1 when there is none.</summary>
    public long PresentLocation;

    public long PresentSize;

    /// <summary>Set when the present record is superseded: from then on its segment must not be looked at, unless it is its own.</summary>
    public bool PresentIsLarge;

    /// <summary>Where the new record is, once written.</summary>
    public long Location;

    /// <summary>Bytes of the new record; 0 when none is written.</summary>
    public long Size;

    /// <summary>Offset in the input, or handle in the scratch bytes.</summary>
    public long ValueAt;

    public uint Namespace;
    public uint ClientFlags;
    public int KeyAt;
    public int KeyLength;
    public int ValueLength;

    /// <summary>The large segment it goes into, or -1.</summary>
    public int Large;

    public ValueSource Source;

    /// <summary>The first part of a large record's checksum.</summary>
    public uint Body;

    /// <summary>The key is another after the batch than before.</summary>
    public bool IsChanged;

    /// <summary>Its record is in the log.</summary>
    public bool IsWritten;

    /// <summary>A slot was added for the key, and points to nothing yet.</summary>
    public bool IsReserved;

    /// <summary>The key was there before the batch.</summary>
    public bool WasThere;

    /// <summary>The expiry of the present record changes.</summary>
    public bool IsTouched;

    /// <summary>The key is there after the batch, as far as it has been planned.</summary>
    public bool IsThere;

    /// <summary>Attributes that the record takes over.</summary>
    public byte Extra;
}

/// <summary>The writes of a batch by key, and working space, kept from one use to the next.</summary>
internal sealed class BatchPlan
{
    private int[] _table = new int[32];
    private PlannedWrite[] _writes = new PlannedWrite[16];

    public ChunkArena Scratch { get; } = new();

    public int Count { get; private set; }

    public Span<PlannedWrite> Writes => _writes.AsSpan(0, Count);

    /// <summary>One bit per stripe.</summary>
    public ulong[] Stripes { get; private set; } = [];

    /// <summary>Large segments got for the batch, not yet given to a write.</summary>
    public List<int> LargeSegments { get; } = [];

    /// <summary>Begins anew for so many commands.</summary>
    public void Reset(int commands, int stripeCount)
    {
        Count = 0;
        Scratch.Clear();
        int wanted = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(commands * 2, 32));
        if (_table.Length < wanted)
        {
            _table = new int[wanted];
        }
        else
        {
            Array.Clear(_table);
        }

        int words = (stripeCount + 63) / 64;
        if (Stripes.Length < words)
        {
            Stripes = new ulong[words];
        }
        else
        {
            Array.Clear(Stripes);
        }
    }

    /// <summary>The planned write of a key, or null.</summary>
    public ref PlannedWrite Find(scoped in BatchCommand command, scoped ReadOnlySpan<byte> input, scoped out bool found)
    {
        int mask = _table.Length - 1;
        ReadOnlySpan<byte> key = input.Slice(command.KeyAt, command.KeyLength);
        for (int at = (int)(command.Hash >> 20) & mask; _table[at] != 0; at = (at + 1) & mask)
        {
            ref PlannedWrite write = ref _writes[_table[at] - 1];
            if (write.Hash == command.Hash && write.Namespace == command.Namespace
                && input.Slice(write.KeyAt, write.KeyLength).SequenceEqual(key))
            {
                found = true;
                return ref write;
            }
        }

        found = false;
        return ref _writes[0];
    }

    /// <summary>Adds a write for a key that has none yet.</summary>
    public ref PlannedWrite Add(scoped in BatchCommand command)
    {
        if (Count == _writes.Length)
        {
            Array.Resize(ref _writes, Count * 2);
        }

        int mask = _table.Length - 1;
        int at = (int)(command.Hash >> 20) & mask;
        while (_table[at] != 0)
        {
            at = (at + 1) & mask;
        }

        _table[at] = ++Count;
        ref PlannedWrite write = ref _writes[Count - 1];
        write = new PlannedWrite
        {
            Hash = command.Hash,
            Namespace = command.Namespace,
            KeyAt = command.KeyAt,
            KeyLength = command.KeyLength,
            PresentLocation = -1,
            Large = -1,
        };
        return ref write;
    }
}
