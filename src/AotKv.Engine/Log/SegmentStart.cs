using System.Buffers.Binary;

namespace AotKv.Engine.Log;

/// <summary>
/// The value of every durable segment's first record, little-endian: what was known when the segment became active. With it recovery
/// can tell where the segment before really ended.
/// <code>
///  0  u8  1 new writes, 2 survivors; 7 bytes zero
///  8  u64 the last revision given out before
/// 16  u64 sequence of the segment before, of the same role; 0 none
/// 24  u64 bytes used of that one
/// 32  u64 the durable revision then
/// 40  u64 the segment's place in the order of all segments of the role
/// </code>
/// </summary>
internal readonly record struct SegmentStart(
    bool IsMain, ulong Activation, ulong PreviousSequence, long PreviousBytes, ulong DurableRevision, ulong Ordinal)
{
    public const int Bytes = 48;

    public static bool TryRead(ReadOnlySpan<byte> value, out SegmentStart start)
    {
        start = default;
        if (value.Length != Bytes || value[0] is not (1 or 2))
        {
            return false;
        }

        start = new SegmentStart(
            value[0] == 2,
            BinaryPrimitives.ReadUInt64LittleEndian(value[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(value[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(value[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(value[40..]));
        return true;
    }

    public void Write(Span<byte> value)
    {
        value[..Bytes].Clear();
        value[0] = IsMain ? (byte)2 : (byte)1;
        BinaryPrimitives.WriteUInt64LittleEndian(value[8..], Activation);
        BinaryPrimitives.WriteUInt64LittleEndian(value[16..], PreviousSequence);
        BinaryPrimitives.WriteInt64LittleEndian(value[24..], PreviousBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(value[32..], DurableRevision);
        BinaryPrimitives.WriteUInt64LittleEndian(value[40..], Ordinal);
    }
}
