// Relies on: the address is the start of a record that was written whole, in a segment that is not given back meanwhile
// (the caller holds the key's stripe lock, or is the only one who may free the segment).
using System.Diagnostics;
using System.Runtime.CompilerServices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>A record in the log, by address.</summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly unsafe struct Record
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
        get => (Attributes & RecordLayout.Expiry) == 0 ? 0 : (long)Endian.ReadU64(_at + ExpiryAt);
        set
        {
            Debug.Assert((Attributes & RecordLayout.Expiry) != 0, "the record has room for an expiry time");
            Endian.WriteU64(_at + ExpiryAt, (ulong)value);
        }
    }

    public bool HasExpiryField => (Attributes & RecordLayout.Expiry) != 0;

    public ReadOnlySpan<byte> Key => new(_at + RecordLayout.HeaderLength(Attributes), KeyLength);

    public Span<byte> Value
    {
        get
        {
            byte* key = _at + RecordLayout.HeaderLength(Attributes);
            return new Span<byte>(key + KeyLength, ValueLength);
        }
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

    /// <summary>Whether the record's key is this one. The common short header costs two compares and one memory compare.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasKey(ReadOnlySpan<byte> key)
    {
        byte attributes = Attributes;
        if ((attributes & RecordLayout.OptionalMask) == 0)
        {
            return _at[RecordLayout.KeyLengthAt] == key.Length
                && new ReadOnlySpan<byte>(_at + RecordLayout.HeaderBytes, key.Length).SequenceEqual(key);
        }

        return HasKeyBehindOptions(key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Item ToItem()
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
                clientFlags: 0);
        }

        return new Item(Key, Value, Revision, ExpiryMilliseconds, ClientFlags);
    }

    /// <summary>Writes a record; key and the two parts of the value follow each other.</summary>
    /// <param name="attributes">From <see cref="RecordLayout.AttributesFor"/>.</param>
    /// <param name="revision">The item's revision.</param>
    /// <param name="clientFlags">Client flags; written when the attributes say so.</param>
    /// <param name="expiryMilliseconds">Expiry; written when the attributes say so.</param>
    /// <param name="key">The key.</param>
    /// <param name="first">First part of the value.</param>
    /// <param name="second">Second part of the value.</param>
    public void Write(
        byte attributes, ulong revision, uint clientFlags, long expiryMilliseconds,
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        byte* at = _at;
        byte* next = at + RecordLayout.HeaderBytes;
        Endian.WriteU32(at, 0);
        Endian.WriteU64(at + RecordLayout.RevisionAt, revision);
        at[RecordLayout.AttributesAt] = attributes;
        if ((attributes & RecordLayout.OptionalMask) == 0)
        {
            at[RecordLayout.KeyLengthAt] = (byte)key.Length;
            Endian.WriteU16(at + RecordLayout.ValueLengthAt, (ushort)(first.Length + second.Length));
        }
        else
        {
            next = WriteOptions(attributes, clientFlags, expiryMilliseconds, key.Length, first.Length + second.Length);
        }

        key.CopyTo(new Span<byte>(next, key.Length));
        next += key.Length;
        first.CopyTo(new Span<byte>(next, first.Length));
        next += first.Length;
        if (second.Length != 0)
        {
            second.CopyTo(new Span<byte>(next, second.Length));
            next += second.Length;
        }

        while (((nint)next & (RecordLayout.Alignment - 1)) != 0)
        {
            *next++ = 0;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"rev {Revision} key {KeyLength} value {ValueLength} attributes {Attributes:x2}";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* WriteOptions(byte attributes, uint clientFlags, long expiryMilliseconds, int keyLength, int valueLength)
    {
        byte* next = _at + RecordLayout.HeaderBytes;
        bool isLong = (attributes & RecordLayout.Long) != 0;
        _at[RecordLayout.KeyLengthAt] = isLong ? (byte)0 : (byte)keyLength;
        Endian.WriteU16(_at + RecordLayout.ValueLengthAt, isLong ? (ushort)0 : (ushort)valueLength);
        if (isLong)
        {
            Endian.WriteU32(next, (uint)valueLength);
            Endian.WriteU16(next + 4, (ushort)keyLength);
            Endian.WriteU16(next + 6, 0);
            next += RecordLayout.LongBytes;
        }

        if ((attributes & RecordLayout.Flags) != 0)
        {
            Endian.WriteU32(next, clientFlags);
            next += RecordLayout.FlagsBytes;
        }

        if ((attributes & RecordLayout.Expiry) != 0)
        {
            Endian.WriteU64(next, (ulong)expiryMilliseconds);
            next += RecordLayout.ExpiryBytes;
        }

        return next;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long SizeWithOptions() => RecordLayout.Size(Attributes, KeyLength, ValueLength);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasKeyBehindOptions(ReadOnlySpan<byte> key) => Key.SequenceEqual(key);
}
