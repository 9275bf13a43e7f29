// Relies on: the address is the start of a record whose header and key were written whole, in a segment that is not given back
// meanwhile (the caller holds the key's stripe lock, or is the only one who may free the segment).
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>A record in the log, by address: reading.</summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly unsafe partial struct Record
{
    private readonly byte* _at;

    public Record(byte* at) => _at = at;

    public byte* Address => _at;

    public ulong Revision
    {
        get => Endian.ReadU64(_at + RecordLayout.RevisionAt);
        set => Endian.WriteU64(_at + RecordLayout.RevisionAt, value);
    }

    public byte Attributes => _at[RecordLayout.AttributesAt];

    public int KeyLength =>
        (Attributes & RecordLayout.Long) == 0
            ? _at[RecordLayout.KeyLengthAt]
            : Endian.ReadU16(_at + RecordLayout.HeaderBytes + 4);

    public int ValueLength =>
        (Attributes & RecordLayout.Long) == 0
            ? Endian.ReadU16(_at + RecordLayout.ValueLengthAt)
            : (int)Endian.ReadU32(_at + RecordLayout.HeaderBytes);

    public uint ClientFlags =>
        (Attributes & RecordLayout.Flags) == 0 ? 0 : Endian.ReadU32(_at + FlagsAt);

    /// <summary>Milliseconds since 1970, 0 never. Setting needs a record that has the field.</summary>
    public long ExpiryMilliseconds
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Attributes & RecordLayout.Expiry) == 0 ? 0 : (long)Endian.ReadU64(_at + ExpiryAt);
        set
        {
            Debug.Assert((Attributes & RecordLayout.Expiry) != 0, "the record has room for an expiry time");
            Endian.WriteU64(_at + ExpiryAt, (ulong)value);
        }
    }

    public bool HasExpiryField => (Attributes & RecordLayout.Expiry) != 0;

    public bool Overwrites => (Attributes & RecordLayout.Overwrites) != 0;

    /// <summary>The namespace's number; 0 is the default one.</summary>
    public uint Namespace
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Attributes & RecordLayout.Special) == 0 ? 0 : Endian.ReadU32(_at + SpecialAt);
    }

    public RecordKind Kind
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Attributes & RecordLayout.Special) == 0 ? RecordKind.Item : (RecordKind)_at[SpecialAt + 4];
    }

    /// <summary>Further records of the same transaction follow.</summary>
    public bool HasMore => (Attributes & RecordLayout.Special) != 0 && (_at[SpecialAt + 5] & RecordLayout.More) != 0;

    public ReadOnlySpan<byte> Key
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Attributes & RecordLayout.OptionalMask) == 0
            ? new(_at + RecordLayout.HeaderBytes, _at[RecordLayout.KeyLengthAt])
            : KeyBehindOptions(this);
    }

    /// <summary>The item's value; of other kinds the value as it stands.</summary>
    public Span<byte> Value
    {
        get
        {
            byte* key = _at + RecordLayout.HeaderLength(Attributes);
            var value = new Span<byte>(key + KeyLength, ValueLength);
            return Kind == RecordKind.ItemWithCas ? value[sizeof(ulong)..] : value;
        }
    }

    /// <summary>The item's CAS id: its revision, unless the record says otherwise.</summary>
    public ulong Cas
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Kind == RecordKind.ItemWithCas
            ? Endian.ReadU64(_at + RecordLayout.HeaderLength(Attributes) + KeyLength)
            : Revision;
    }

    /// <summary>Bytes of the record with its padding.</summary>
    public long Size
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Attributes & RecordLayout.OptionalMask) == 0
            ? RecordLayout.Size(0, _at[RecordLayout.KeyLengthAt], Endian.ReadU16(_at + RecordLayout.ValueLengthAt))
            : SizeWithOptions(this);
    }

    private int FlagsAt => RecordLayout.HeaderBytes + ((Attributes & RecordLayout.Long) != 0 ? RecordLayout.LongBytes : 0);

    private int ExpiryAt => FlagsAt + ((Attributes & RecordLayout.Flags) != 0 ? RecordLayout.FlagsBytes : 0);

    private int SpecialAt => ExpiryAt + ((Attributes & RecordLayout.Expiry) != 0 ? RecordLayout.ExpiryBytes : 0);

    /// <summary>Whether the record's key is this one. The common short header costs two compares and one memory compare.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasKey(ReadOnlySpan<byte> key, uint ns)
    {
        if ((Attributes & RecordLayout.OptionalMask) == 0)
        {
            return _at[RecordLayout.KeyLengthAt] == key.Length
                && AreSame(_at + RecordLayout.HeaderBytes, key)
                && ns == 0;
        }

        return HasKeyBehindOptions(this, key, ns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Item ToItem(ulong slot)
    {
        byte attributes = Attributes;
        if ((attributes & RecordLayout.OptionalMask) == 0)
        {
            int keyLength = _at[RecordLayout.KeyLengthAt];
            byte* key = _at + RecordLayout.HeaderBytes;
            return new Item(
                new ReadOnlySpan<byte>(key, keyLength),
                new ReadOnlySpan<byte>(key + keyLength, Endian.ReadU16(_at + RecordLayout.ValueLengthAt)),
                Revision,
                expiryMilliseconds: 0,
                clientFlags: 0,
                this,
                slot);
        }

        return new Item(Key, Value, Cas, ExpiryMilliseconds, ClientFlags, this, slot);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} rev {Revision} key {KeyLength} value {ValueLength} attributes {Attributes:x2}";

    /// <summary>The usual lengths of keys are compared without a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreSame(byte* stored, ReadOnlySpan<byte> key)
    {
        if ((uint)(key.Length - Vector128<byte>.Count) > (uint)Vector128<byte>.Count)
        {
            return new ReadOnlySpan<byte>(stored, key.Length).SequenceEqual(key);
        }

        ref byte asked = ref MemoryMarshal.GetReference(key);
        nuint last = (nuint)(key.Length - Vector128<byte>.Count);
        Vector128<byte> head = Vector128.Load(stored) ^ Vector128.LoadUnsafe(ref asked);
        Vector128<byte> tail = Vector128.Load(stored + last) ^ Vector128.LoadUnsafe(ref asked, last);
        return (head | tail) == Vector128<byte>.Zero;
    }

    // Static, with the record as a value: an instance method takes its address, which keeps it out of the processor's registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlySpan<byte> KeyBehindOptions(Record record) =>
        new(record._at + RecordLayout.HeaderLength(record.Attributes), record.KeyLength);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SizeWithOptions(Record record) => RecordLayout.Size(record.Attributes, record.KeyLength, record.ValueLength);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool HasKeyBehindOptions(Record record, ReadOnlySpan<byte> key, uint ns) =>
        record.Namespace == ns && record.Key.SequenceEqual(key);
}
