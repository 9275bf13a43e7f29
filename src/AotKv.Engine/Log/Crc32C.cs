using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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

    /// <summary>Words in a third of a stretch that is summed up in thirds, and the constants of one and of two such lengths.</summary>
    private const int ShortWords = 4;
    private const ulong ShortBehindOne = 0xBA4FC28E;
    private const ulong ShortBehindTwo = 0x9E4ADDF8;
    private const int LongWords = 64;
    private const ulong LongBehindOne = 0xDD7E3B0C;
    private const ulong LongBehindTwo = 0x170076FA;

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

        if (X86Crc.X64.IsSupported && Pclmulqdq.IsSupported && bytes.Length >= ShortWords * 3 * sizeof(ulong))
        {
            running = AppendThirds(running, ref bytes);
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

    /// <summary>
    /// The instruction takes three cycles, and can begin a word every cycle: so three stretches are summed up side by side. The sum of a
    /// stretch goes behind the next ones by a multiplication without carries (Gopal and others, "Fast CRC Computation for iSCSI Polynomial Using
    /// CRC32 Instruction", Intel 2011); that needs one constant for a length, x to the power of its bits less 33, modulo the polynomial.
    /// </summary>
    private static uint AppendThirds(uint running, ref ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int at = 0;
        for (; words.Length - at >= 3 * LongWords; at += 3 * LongWords)
        {
            running = Thirds(running, words.Slice(at, 3 * LongWords), LongBehindTwo, LongBehindOne);
        }

        for (; words.Length - at >= 3 * ShortWords; at += 3 * ShortWords)
        {
            running = Thirds(running, words.Slice(at, 3 * ShortWords), ShortBehindTwo, ShortBehindOne);
        }

        bytes = bytes[(at * sizeof(ulong))..];
        return running;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Thirds(uint running, ReadOnlySpan<ulong> words, ulong behindTwo, ulong behindOne)
    {
        int third = words.Length / 3;
        ulong first = running;
        ulong second = 0;
        ulong last = 0;
        for (int i = 0; i < third - 1; i++)
        {
            first = X86Crc.X64.Crc32(first, words[i]);
            second = X86Crc.X64.Crc32(second, words[third + i]);
            last = X86Crc.X64.Crc32(last, words[third + third + i]);
        }

        first = X86Crc.X64.Crc32(first, words[third - 1]);
        second = X86Crc.X64.Crc32(second, words[third + third - 1]);
        ulong moved = Multiply(first, behindTwo) ^ Multiply(second, behindOne);
        return (uint)X86Crc.X64.Crc32(last, words[^1] ^ moved);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Multiply(ulong a, ulong b) =>
        Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(a), Vector128.CreateScalar(b), 0).ToScalar();

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
