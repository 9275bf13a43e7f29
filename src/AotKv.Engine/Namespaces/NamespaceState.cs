using System.Buffers.Binary;
using System.Text;

namespace AotKv.Engine.Namespaces;

/// <summary>
/// The value of a <see cref="Log.RecordKind.Namespace"/> record, little-endian; the record's namespace field is the number.
/// <code>
///  0  u64 items up to this revision are invisible
///  8  u8  marks: 1 dropped, 2 a flush is to come; 7 bytes zero
///     flush to come: u64 when, microseconds since 1970 (UTC)
///     the name, UTF-8
/// </code>
/// </summary>
/// <param name="FlushedRevision">Items up to this revision are invisible.</param>
/// <param name="IsDropped">Nothing can be stored in it any more.</param>
/// <param name="Name">Its name.</param>
/// <param name="FlushAtMicroseconds">When everything stored until then becomes invisible, microseconds since 1970 (UTC); 0 never.</param>
internal readonly record struct NamespaceState(ulong FlushedRevision, bool IsDropped, string Name, long FlushAtMicroseconds = 0)
{
    public const int FixedBytes = 16;

    private const byte Dropped = 1;
    private const byte FlushToCome = 2;

    public int Bytes => NameAt(FlushAtMicroseconds != 0) + Encoding.UTF8.GetByteCount(Name);

    public static bool TryRead(ReadOnlySpan<byte> value, out NamespaceState state)
    {
        state = default;
        bool hasFlush = value.Length >= FixedBytes && (value[8] & FlushToCome) != 0;
        if (value.Length < NameAt(hasFlush))
        {
            return false;
        }

        state = new NamespaceState(
            BinaryPrimitives.ReadUInt64LittleEndian(value),
            (value[8] & Dropped) != 0,
            Encoding.UTF8.GetString(value[NameAt(hasFlush)..]),
            hasFlush ? BinaryPrimitives.ReadInt64LittleEndian(value[FixedBytes..]) : 0);
        return true;
    }

    public byte[] ToBytes()
    {
        byte[] value = new byte[Bytes];
        bool hasFlush = FlushAtMicroseconds != 0;
        BinaryPrimitives.WriteUInt64LittleEndian(value, FlushedRevision);
        value[8] = (byte)((IsDropped ? Dropped : 0) | (hasFlush ? FlushToCome : 0));
        if (hasFlush)
        {
            BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(FixedBytes), FlushAtMicroseconds);
        }

        Encoding.UTF8.GetBytes(Name, value.AsSpan(NameAt(hasFlush)));
        return value;
    }

    private static int NameAt(bool hasFlush) => FixedBytes + (hasFlush ? sizeof(long) : 0);
}
