// Relies on: the caller has checked that the bytes read or written lie inside a live block.
namespace AotKv.Engine.Native;

/// <summary>
/// Reads and writes the log's little-endian fields a byte at a time: what a processor of the other byte order does. The tests of
/// AotKv.Engine.Portable.Tests run the engine by it.
/// </summary>
internal static unsafe class ByteWise
{
    public static ushort ReadU16(byte* at) => (ushort)(at[0] | (at[1] << 8));

    public static uint ReadU32(byte* at) => ReadU16(at) | ((uint)ReadU16(at + 2) << 16);

    public static ulong ReadU64(byte* at) => ReadU32(at) | ((ulong)ReadU32(at + 4) << 32);

    public static void WriteU16(byte* at, ushort value)
    {
        at[0] = (byte)value;
        at[1] = (byte)(value >> 8);
    }

    public static void WriteU32(byte* at, uint value)
    {
        WriteU16(at, (ushort)value);
        WriteU16(at + 2, (ushort)(value >> 16));
    }

    public static void WriteU64(byte* at, ulong value)
    {
        WriteU32(at, (uint)value);
        WriteU32(at + 4, (uint)(value >> 32));
    }
}
