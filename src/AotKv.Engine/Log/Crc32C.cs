using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ArmCrc = System.Runtime.Intrinsics.Arm.Crc32;
using X86Crc = System.Runtime.Intrinsics.X86.Sse42;

namespace AotKv.Engine.Log;

/// <summary>
/// CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected, as in iSCSI, RFC 3720 appendix B.4), by the processor's instruction where it
/// has one and by a table elsewhere. A running value starts at <see cref="Start"/> and is finished by <see cref="Finish"/>.
/// </summary>
internal static class Crc32C
{
    /// <summary>The value before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    private const uint Reflected = 0x82F63B78;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Finish(Append(Start, bytes));

    /// <summary>The value that is stored.</summary>
    public static uint Finish(uint running) => ~running;

    /// <summary>Takes further bytes in.</summary>
    public static uint Append(uint running, ReadOnlySpan<byte> bytes)
    {
        if (!X86Crc.X64.IsSupported && !ArmCrc.Arm64.IsSupported)
        {
            return AppendPortable(running, bytes);
        }

        while (bytes.Length >= sizeof(ulong))
        {
            running = Word(running, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            running = X86Crc.IsSupported ? X86Crc.Crc32(running, value) : ArmCrc.ComputeCrc32C(running, value);
        }

        return running;
    }

    /// <summary>Takes eight further bytes in, given as the number they are in little-endian order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Append(uint running, ulong littleEndian)
    {
        if (X86Crc.X64.IsSupported || ArmCrc.Arm64.IsSupported)
        {
            return Word(running, littleEndian);
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, littleEndian);
        return AppendPortable(running, bytes);
    }

    /// <summary>The software twin: a byte at a time.</summary>
    internal static uint AppendPortable(uint running, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            running = Table[(byte)(running ^ value)] ^ (running >> 8);
        }

        return running;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(uint running, ulong word) =>
        X86Crc.X64.IsSupported ? (uint)X86Crc.X64.Crc32(running, word) : ArmCrc.Arm64.ComputeCrc32C(running, word);

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Reflected : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
