// Relies on: the caller has checked that the bytes read or written lie inside a live block. Unaligned access is allowed on
// every processor .NET runs on. All multi-byte fields of the log are little-endian; this file is the one place that says so.
using System.Runtime.CompilerServices;

namespace AotKv.Engine.Native;

/// <summary>Reads and writes the log's little-endian fields.</summary>
internal static unsafe class Endian
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ReadU16(byte* at) => BitConverter.IsLittleEndian ? Unsafe.ReadUnaligned<ushort>(at) : ByteWise.ReadU16(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadU32(byte* at) => BitConverter.IsLittleEndian ? Unsafe.ReadUnaligned<uint>(at) : ByteWise.ReadU32(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadU64(byte* at) => BitConverter.IsLittleEndian ? Unsafe.ReadUnaligned<ulong>(at) : ByteWise.ReadU64(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteU16(byte* at, ushort value)
    {
        if (BitConverter.IsLittleEndian)
        {
            Unsafe.WriteUnaligned(at, value);
        }
        else
        {
            ByteWise.WriteU16(at, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteU32(byte* at, uint value)
    {
        if (BitConverter.IsLittleEndian)
        {
            Unsafe.WriteUnaligned(at, value);
        }
        else
        {
            ByteWise.WriteU32(at, value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteU64(byte* at, ulong value)
    {
        if (BitConverter.IsLittleEndian)
        {
            Unsafe.WriteUnaligned(at, value);
        }
        else
        {
            ByteWise.WriteU64(at, value);
        }
    }
}
