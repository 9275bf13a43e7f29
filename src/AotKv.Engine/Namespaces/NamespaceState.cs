using System.Buffers.Binary;
using System.Text;

namespace AotKv.Engine.Namespaces;

/// <summary>
/// The value of a <see cref="Log.RecordKind.Namespace"/> record, little-endian; the record's namespace field is the number.
/// <code>
///  0  u64 items up to this revision are invisible
///  8  u8  1 when dropped; 7 bytes zero
/// 16  the name, UTF-8
/// </code>
/// </summary>
internal readonly record struct NamespaceState(ulong FlushedRevision, bool IsDropped, string Name)
{
    public const int FixedBytes = 16;

    public int Bytes => FixedBytes + Encoding.UTF8.GetByteCount(Name);

    public static bool TryRead(ReadOnlySpan<byte> value, out NamespaceState state)
    {
        state = default;
        if (value.Length < FixedBytes)
        {
            return false;
        }

        state = new NamespaceState(BinaryPrimitives.ReadUInt64LittleEndian(value), value[8] != 0, Encoding.UTF8.GetString(value[FixedBytes..]));
        return true;
    }

    public byte[] ToBytes()
    {
        byte[] value = new byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(value, FlushedRevision);
        value[8] = IsDropped ? (byte)1 : (byte)0;
        Encoding.UTF8.GetBytes(Name, value.AsSpan(FixedBytes));
        return value;
    }
}
