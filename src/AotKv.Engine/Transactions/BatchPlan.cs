using System.Numerics;
using System.Runtime.CompilerServices;

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

    /// <summary>Where its slot is; good only while no slot of the stripe was added or removed.</summary>
    public nint PresentSlot;

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

    /// <summary>The new record is an item of the usual kind, made of the batch's input: <see cref="Attributes"/> says the rest.</summary>
    public bool IsPlain;

    /// <summary>Of a plain one: its attributes.</summary>
    public byte Attributes;
}

/// <summary>The writes of a batch by key, and working space, kept from one use to the next.</summary>
internal sealed class BatchPlan
{
    private const int MinTable = 32;

    private ulong[] _table = new ulong[MinTable]; // the upper half of a key's hash, and the number of its write
    private int _mask = MinTable - 1;
    private PlannedWrite[] _writes = new PlannedWrite[16];

    public ChunkArena Scratch { get; } = new();

    public int Count { get; private set; }

    public Span<PlannedWrite> Writes => _writes.AsSpan(0, Count);

    /// <summary>The stripes of all keys.</summary>
    public StripeSet Stripes { get; } = new();

    /// <summary>Large segments got for the batch, not yet given to a write.</summary>
    public List<int> LargeSegments { get; } = [];

    /// <summary>Nothing was added to the index, and nothing removed: slots are where they were found.</summary>
    public bool KeepsSlots { get; set; }

    /// <summary>Records of the batch are large ones.</summary>
    public bool HasLarge { get; set; }

    /// <summary>Begins anew for so many commands that may write.</summary>
    public void Reset(int writes)
    {
        Count = 0;
        if (writes == 0)
        {
            return;
        }

        Scratch.Clear();
        int wanted = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(writes * 2, MinTable));
        _mask = wanted - 1;
        if (_table.Length < wanted)
        {
            _table = new ulong[wanted];
        }
        else
        {
            Array.Clear(_table, 0, wanted);
        }
    }

    /// <summary>The planned write of a key, or null.</summary>
    public ref PlannedWrite Find(scoped in BatchCommand command, scoped ReadOnlySpan<byte> input, scoped out bool found)
    {
        int place = Probe(command, input);
        found = place >= 0;
        return ref found ? ref _writes[(uint)_table[place] - 1] : ref Unsafe.NullRef<PlannedWrite>();
    }

    /// <summary>Adds a write for a key that has none yet.</summary>
    public ref PlannedWrite Add(scoped in BatchCommand command) => ref AddAt(FreePlace(command.Hash), command);

    /// <summary>The planned write of a key, which is new when there was none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref PlannedWrite FindOrAdd(scoped in BatchCommand command, scoped ReadOnlySpan<byte> input, scoped out bool found)
    {
        int place = Probe(command, input);
        found = place >= 0;
        return ref found ? ref _writes[(uint)_table[place] - 1] : ref AddAt(~place, command);
    }

    /// <summary>The place of a key in the table; the complement of a free one when it is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Probe(scoped in BatchCommand command, scoped ReadOnlySpan<byte> input)
    {
        ulong[] table = _table;
        int mask = _mask;
        int at = (int)(command.Hash >> 20) & mask;
        for (; table[at] != 0; at = (at + 1) & mask)
        {
            ulong entry = table[at];
            if ((uint)(entry >> 32) == (uint)(command.Hash >> 32) && IsOf(_writes[(uint)entry - 1], command, input))
            {
                return at;
            }
        }

        return ~at;
    }

    private static bool IsOf(in PlannedWrite write, in BatchCommand command, ReadOnlySpan<byte> input) =>
        write.Hash == command.Hash && write.Namespace == command.Namespace
        && input.Slice(write.KeyAt, write.KeyLength).SequenceEqual(input.Slice(command.KeyAt, command.KeyLength));

    private int FreePlace(ulong hash)
    {
        int at = (int)(hash >> 20) & _mask;
        while (_table[at] != 0)
        {
            at = (at + 1) & _mask;
        }

        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref PlannedWrite AddAt(int place, scoped in BatchCommand command)
    {
        if (Count == _writes.Length)
        {
            Array.Resize(ref _writes, Count * 2);
        }

        _table[place] = (command.Hash >> 32 << 32) | (uint)++Count;
        ref PlannedWrite write = ref _writes[Count - 1];
        write = default;
        write.Hash = command.Hash;
        write.Namespace = command.Namespace;
        write.KeyAt = command.KeyAt;
        write.KeyLength = command.KeyLength;
        write.PresentLocation = -1;
        write.Large = -1;
        return ref write;
    }
}
