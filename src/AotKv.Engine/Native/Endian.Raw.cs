// Relies on: the caller has checked that the bytes read or written lie inside a live block. Unaligned access is allowed on
// every processor .NET runs on. All multi-byte fields of the log are little-endian; this file is the one place that says so.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace AotKv.Engine.Native;

/// <summary>Reads and writes the log's little-endian fields.</summary>
internal static unsafe class Endian
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ReadU16(byte* at)
    {
        ushort raw = Unsafe.ReadUnaligned<ushort>(at);
        return BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadU32(byte* at)
    {
        uint raw = Unsafe.ReadUnaligned<uint>(at);
        return BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadU64(byte* at)
    {
        ulong raw = Unsafe.ReadUnaligned<ulong>(at);
        return BitConverter.IsLittleEndian ? raw : BinaryPrimitives.ReverseEndianness(raw);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteU16(byte* at, ushort value) =>
        Unsafe.WriteUnaligned(at, BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteU32(byte* at, uint value) =>
        Unsafe.WriteUnaligned(at, BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteU64(byte* at, ulong value) =>
        Unsafe.WriteUnaligned(at, BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
}
