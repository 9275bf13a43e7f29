// Relies on: as ByteWise.
namespace AotKv.Engine.Native;

/// <summary>Takes the place of the engine's own: every field of the log goes the way it goes on a processor of the other byte order.</summary>
internal static unsafe class Endian
{
    public static ushort ReadU16(byte* at) => ByteWise.ReadU16(at);

    public static uint ReadU32(byte* at) => ByteWise.ReadU32(at);

    public static ulong ReadU64(byte* at) => ByteWise.ReadU64(at);

    public static void WriteU16(byte* at, ushort value) => ByteWise.WriteU16(at, value);

    public static void WriteU32(byte* at, uint value) => ByteWise.WriteU32(at, value);

    public static void WriteU64(byte* at, ulong value) => ByteWise.WriteU64(at, value);
}
