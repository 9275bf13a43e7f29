// Relies on: the address is the start of a record whose header and key were written whole, in a segment that is not given back
// meanwhile (the caller holds the key's stripe lock, or is the only one who may free the segment).
using System.Diagnostics;
using System.Runtime.CompilerServices;
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
            : KeyBehindOptions();
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
            : SizeWithOptions();
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
                && new ReadOnlySpan<byte>(_at + RecordLayout.HeaderBytes, key.Length).SequenceEqual(key)
                && ns == 0;
        }

        return HasKeyBehindOptions(key, ns);
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReadOnlySpan<byte> KeyBehindOptions() => new(_at + RecordLayout.HeaderLength(Attributes), KeyLength);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long SizeWithOptions() => RecordLayout.Size(Attributes, KeyLength, ValueLength);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasKeyBehindOptions(ReadOnlySpan<byte> key, uint ns) => Namespace == ns && Key.SequenceEqual(key);
}
