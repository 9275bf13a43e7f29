// Unsafe code. It relies on: 16 bytes are loaded at offset o of a span only where 0 <= o and o + 16 <= length (asserted in Load);
// a span shorter than 16 bytes is first copied into 16 bytes of its own, the rest of them zero.
// Loads with bounds checks made a get a fifth slower and a multi-get a third.
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CommunityToolkit.HighPerformance;

namespace AotKv.Protocol.Text;

/// <summary>Looks at 64 bytes at a time and answers in one bit per byte, so that words and lines are found by counting zero bits.</summary>
internal static class LineScan
{
    /// <summary>Bytes that one answer speaks of.</summary>
    public const int BlockBytes = 64;

    private const int VectorBytes = 16;

    /// <summary>Finds the first line end in the first 64 bytes.</summary>
    /// <param name="input">Any bytes.</param>
    /// <param name="spaces">Bit i is set when byte i is a space; bits at and behind the line end mean nothing.</param>
    /// <returns>The offset of the LF, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindLineEnd(ReadOnlySpan<byte> input, out ulong spaces)
    {
        spaces = 0;
        int limit = Math.Min(input.Length, BlockBytes);
        int offset = 0;
        for (; offset + VectorBytes <= limit; offset += VectorBytes)
        {
            Vector128<byte> bytes = Load(input, offset);
            spaces |= (ulong)SpaceBits(bytes) << offset;
            uint ends = LineEndBits(bytes);
            if (ends != 0)
                return offset + BitOperations.TrailingZeroCount(ends);
        }

        return offset == limit ? -1 : FindInTail(input, offset, ref spaces);
    }

    /// <summary>Marks the gaps between words in one block.</summary>
    /// <param name="words">A line, or a part of one.</param>
    /// <param name="start">Where the block starts: 0 to the length.</param>
    /// <returns>Bit i is set when byte start + i is a space or lies behind the end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Gaps(ReadOnlySpan<byte> words, int start) =>
        words.Length - start >= BlockBytes ? FullGaps(words, start) : PartGaps(words, start);

    /// <summary>Says whether a word is longer than a limit of at least 64 bytes.</summary>
    /// <param name="words">Words with spaces between them.</param>
    /// <param name="limit">The limit in bytes.</param>
    public static bool HasLongerWord(ReadOnlySpan<byte> words, int limit)
    {
        Debug.Assert(limit >= BlockBytes);

        // A word inside one block is shorter than the limit: only those that cross from block to block are measured.
        int open = 0;
        for (int start = 0; ; start += BlockBytes)
        {
            ulong gaps = Gaps(words, start);
            int head = BitOperations.TrailingZeroCount(gaps);
            if (open + head > limit)
                return true;
            if (words.Length - start < BlockBytes)
                return false;
            open = gaps == 0 ? open + BlockBytes : BitOperations.LeadingZeroCount(gaps);
        }
    }

    private static ulong FullGaps(ReadOnlySpan<byte> words, int start) =>
        SpaceBits(Load(words, start)) |
        ((ulong)SpaceBits(Load(words, start + VectorBytes)) << VectorBytes) |
        ((ulong)SpaceBits(Load(words, start + (2 * VectorBytes))) << (2 * VectorBytes)) |
        ((ulong)SpaceBits(Load(words, start + (3 * VectorBytes))) << (3 * VectorBytes));

    private static ulong PartGaps(ReadOnlySpan<byte> words, int start)
    {
        int count = words.Length - start;
        Debug.Assert(start >= 0 && count >= 0 && count < BlockBytes);
        ulong gaps = ulong.MaxValue << count;
        int offset = 0;
        for (; offset + VectorBytes <= count; offset += VectorBytes)
            gaps |= (ulong)SpaceBits(Load(words, start + offset)) << offset;
        if (offset < count)
        {
            Vector128<byte> bytes = LoadTail(words, start + offset, out int before);
            gaps |= (ulong)(SpaceBits(bytes) >> before) << offset;
        }

        return gaps;
    }

    private static int FindInTail(ReadOnlySpan<byte> input, int offset, ref ulong spaces)
    {
        Vector128<byte> bytes = LoadTail(input, offset, out int before);
        spaces |= (ulong)(SpaceBits(bytes) >> before) << offset;
        uint ends = LineEndBits(bytes) >> before;
        return ends == 0 ? -1 : offset + BitOperations.TrailingZeroCount(ends);
    }

    // The last bytes of a span, fewer than 16: the vector that ends where the span ends, and how many bytes of it lie before the offset.
    private static Vector128<byte> LoadTail(ReadOnlySpan<byte> bytes, int offset, out int before)
    {
        Debug.Assert(offset >= 0 && offset < bytes.Length && bytes.Length - offset < VectorBytes);
        int start = bytes.Length - VectorBytes;
        if (start < 0)
        {
            before = offset;
            return LoadShort(bytes);
        }

        before = offset - start;
        return Load(bytes, start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<byte> LoadShort(ReadOnlySpan<byte> bytes)
    {
        Span<byte> copy = stackalloc byte[VectorBytes];
        copy.Clear();
        bytes.CopyTo(copy);
        return Load(copy, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Load(ReadOnlySpan<byte> bytes, int offset)
    {
        Debug.Assert(offset >= 0 && offset + VectorBytes <= bytes.Length);
        return Vector128.LoadUnsafe(ref bytes.DangerousGetReferenceAt(offset));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SpaceBits(Vector128<byte> bytes) =>
        Vector128.Equals(bytes, Vector128.Create((byte)' ')).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LineEndBits(Vector128<byte> bytes) =>
        Vector128.Equals(bytes, Vector128.Create((byte)'\n')).ExtractMostSignificantBits();
}
