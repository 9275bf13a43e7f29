// Relies on: the bytes from the address up to the record's size belong to the caller alone.
using System.Runtime.CompilerServices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <content>Writing and checking.</content>
internal readonly unsafe partial struct Record
{
    /// <summary>Writes everything but the value and the checksum.</summary>
    /// <returns>Where the value goes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* WriteHead(scoped in Draft draft, byte attributes, ulong revision)
    {
        byte* at = _at;
        byte* next = at + RecordLayout.HeaderBytes;
        Endian.WriteU64(at + RecordLayout.RevisionAt, revision);
        at[RecordLayout.AttributesAt] = attributes;
        if ((attributes & RecordLayout.OptionalMask) == 0)
        {
            at[RecordLayout.KeyLengthAt] = (byte)draft.Key.Length;
            Endian.WriteU16(at + RecordLayout.ValueLengthAt, (ushort)draft.ValueLength);
        }
        else
        {
            next = WriteOptions(at, draft, attributes);
        }

        draft.Key.CopyTo(new Span<byte>(next, draft.Key.Length));
        return next + draft.Key.Length;
    }

    /// <summary>Writes the head of an item that is neither long nor special.</summary>
    /// <returns>Where the key goes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* WritePlainHead(byte attributes, ulong revision, int keyLength, int valueLength, uint clientFlags, long expiryMilliseconds)
    {
        byte* next = _at + RecordLayout.HeaderBytes;
        Endian.WriteU64(_at + RecordLayout.RevisionAt, revision);
        _at[RecordLayout.AttributesAt] = attributes;
        _at[RecordLayout.KeyLengthAt] = (byte)keyLength;
        Endian.WriteU16(_at + RecordLayout.ValueLengthAt, (ushort)valueLength);
        if (clientFlags != 0)
        {
            Endian.WriteU32(next, clientFlags);
            next += RecordLayout.FlagsBytes;
        }

        if (expiryMilliseconds != 0)
        {
            Endian.WriteU64(next, (ulong)expiryMilliseconds);
            next += RecordLayout.ExpiryBytes;
        }

        return next;
    }

    /// <summary>Writes the value's parts and the padding behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteValue(byte* next, scoped in Draft draft)
    {
        if (draft.Prefix.Length != 0)
        {
            draft.Prefix.CopyTo(new Span<byte>(next, draft.Prefix.Length));
            next += draft.Prefix.Length;
        }

        draft.First.CopyTo(new Span<byte>(next, draft.First.Length));
        next += draft.First.Length;
        if (draft.Second.Length != 0)
        {
            draft.Second.CopyTo(new Span<byte>(next, draft.Second.Length));
            next += draft.Second.Length;
        }

        if (draft.Blanks != 0)
        {
            new Span<byte>(next, draft.Blanks).Fill((byte)' ');
            next += draft.Blanks;
        }

        while (((nint)next & (RecordLayout.Alignment - 1)) != 0)
        {
            *next++ = 0;
        }
    }

    /// <summary>Writes the checksum of a record that is otherwise whole.</summary>
    /// <param name="size">The record's size.</param>
    /// <param name="sequence">The segment's sequence number: a record is valid only in the life of the segment it was written in.</param>
    public void WriteChecksum(long size, ulong sequence) => Endian.WriteU32(_at, Checksum(size, sequence));

    /// <summary>The field at the start that is the checksum in a durable log and the last access, in seconds, in memory.</summary>
    public uint FirstWord
    {
        get => Endian.ReadU32(_at);
        set => Endian.WriteU32(_at, value);
    }

    /// <summary>What the checksum should be. <see cref="RecordLayout.TokenSent"/> counts as unset, since it is changed in place.</summary>
    public uint Checksum(long size, ulong sequence) => FinishChecksum(BodyChecksum(size), sequence);

    /// <summary>The part of the checksum that takes in everything but the revision and the segment.</summary>
    public uint BodyChecksum(long size)
    {
        ulong first = Endian.ReadU32(_at + RecordLayout.AttributesAt) & ~(ulong)RecordLayout.TokenSent;
        uint running = Crc32C.Append(Crc32C.Start, first | ((ulong)(uint)size << 32));
        return Crc32C.Append(running, new ReadOnlySpan<byte>(_at + RecordLayout.HeaderBytes, (int)size - RecordLayout.HeaderBytes));
    }

    /// <summary>The whole checksum, from its first part.</summary>
    public uint FinishChecksum(uint body, ulong sequence) => Crc32C.Finish(Crc32C.Append(Crc32C.Append(body, Revision), sequence));

    /// <summary>Somebody was told to fetch the item anew. Stripe lock held.</summary>
    public void SetTokenSent() => _at[RecordLayout.AttributesAt] |= RecordLayout.TokenSent;

    /// <summary>The record is no part of a transaction any more.</summary>
    public void ClearMore()
    {
        if ((Attributes & RecordLayout.Special) != 0)
        {
            _at[SpecialAt + 5] &= unchecked((byte)~RecordLayout.More);
        }
    }

    /// <summary>Takes back what the record says; its key and value stay as filling. The record has the optional field for its kind.</summary>
    public void MakeVoid()
    {
        _at[SpecialAt + 4] = (byte)RecordKind.Void;
        ClearMore();
    }

    /// <summary>Whether a whole, undamaged record of this segment's life stands here.</summary>
    /// <param name="available">Bytes that may be looked at.</param>
    /// <param name="sequence">The segment's sequence number.</param>
    /// <param name="size">The record's size.</param>
    public bool IsValid(long available, ulong sequence, out long size)
    {
        size = 0;
        if (available < RecordLayout.HeaderBytes || RecordLayout.HeaderLength(Attributes) > available || ValueLength < 0)
        {
            return false;
        }

        size = Size;
        return size <= available && FirstWord == Checksum(size, sequence);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* WriteOptions(byte* at, scoped in Draft draft, byte attributes)
    {
        byte* next = at + RecordLayout.HeaderBytes;
        bool isLong = (attributes & RecordLayout.Long) != 0;
        at[RecordLayout.KeyLengthAt] = isLong ? (byte)0 : (byte)draft.Key.Length;
        Endian.WriteU16(at + RecordLayout.ValueLengthAt, isLong ? (ushort)0 : (ushort)draft.ValueLength);
        if (isLong)
        {
            Endian.WriteU32(next, (uint)draft.ValueLength);
            Endian.WriteU16(next + 4, (ushort)draft.Key.Length);
            Endian.WriteU16(next + 6, 0);
            next += RecordLayout.LongBytes;
        }

        if ((attributes & RecordLayout.Flags) != 0)
        {
            Endian.WriteU32(next, draft.ClientFlags);
            next += RecordLayout.FlagsBytes;
        }

        if ((attributes & RecordLayout.Expiry) != 0)
        {
            Endian.WriteU64(next, (ulong)draft.ExpiryMilliseconds);
            next += RecordLayout.ExpiryBytes;
        }

        if ((attributes & RecordLayout.Special) != 0)
        {
            Endian.WriteU32(next, draft.Namespace);
            next[4] = (byte)draft.Kind;
            next[5] = draft.HasMore ? RecordLayout.More : (byte)0;
            Endian.WriteU16(next + 6, 0);
            next += RecordLayout.SpecialBytes;
        }

        return next;
    }
}
