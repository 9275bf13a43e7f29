using System.Buffers.Binary;

namespace AotKv.Engine.Log;

/// <summary>
/// The value of a <see cref="RecordKind.LargeItem"/> record, little-endian: which segment holds the item's record.
/// <code>
///  0  u32 the segment's id (its file name)
///  4  u32 zero
///  8  u64 the segment's sequence
/// 16  u64 the size of the record in it
/// </code>
/// </summary>
internal readonly record struct LargeReference(int SegmentId, ulong Sequence, long RecordBytes)
{
    public const int Bytes = 24;

    public static bool TryRead(ReadOnlySpan<byte> value, out LargeReference reference)
    {
        reference = default;
        if (value.Length != Bytes)
        {
            return false;
        }

        reference = new LargeReference(
            BinaryPrimitives.ReadInt32LittleEndian(value),
            BinaryPrimitives.ReadUInt64LittleEndian(value[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[16..]));
        return true;
    }

    public void Write(Span<byte> value)
    {
        value[..Bytes].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(value, SegmentId);
        BinaryPrimitives.WriteUInt64LittleEndian(value[8..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(value[16..], RecordBytes);
    }
}
