using System.Numerics;
using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Text;

/// <summary>
/// Where a walk over the words of a line stands. Sixteen bytes without the line itself, so that it is handed on in two registers and the
/// methods it is handed to keep it there; the line must be the same in every call.
/// </summary>
internal struct Words
{
    // One bit for each byte of the block where a word begins or ends (begin, end, begin, ...); taken away as the walk goes on.
    private ulong _edges;
    private long _block;

    /// <summary>Begins before the first word.</summary>
    /// <param name="gaps">What <see cref="LineScan.Gaps"/> says of the line's first block.</param>
    public Words(ulong gaps) => _edges = gaps ^ ((gaps << 1) | 1);

    /// <summary>Begins behind a word and a space that the line is known to begin with.</summary>
    /// <param name="gaps">What <see cref="LineScan.Gaps"/> says of the line's first block.</param>
    /// <param name="length">Bytes of the word and the space.</param>
    public static Words Behind(ulong gaps, int length) => new(gaps | ((1UL << length) - 1));

    /// <summary>Where the words ahead in the first block begin and end, to go on with later; of a line shorter than a block that is all.</summary>
    public readonly ulong Edges => _edges;

    /// <summary>Tells <see cref="Edges"/> behind a word of a line shorter than a block.</summary>
    /// <param name="gaps">What <see cref="LineScan.Gaps"/> says of the line.</param>
    /// <param name="end">Where the word ends.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EdgesBehind(ulong gaps, int end) => (gaps ^ (gaps << 1)) & (ulong.MaxValue << end << 1);

    /// <summary>Goes on in a line shorter than a block.</summary>
    /// <param name="edges">What <see cref="Edges"/> was.</param>
    public static Words At(ulong edges) => new() { _edges = edges };

    /// <summary>Says without looking at the line whether there may be another word: true is right except at the end of a block.</summary>
    /// <param name="line">The line without its terminator.</param>
    public readonly bool MayHaveNext(ReadOnlySpan<byte> line) => _edges != 0 || line.Length - _block > LineScan.BlockBytes;

    /// <summary>Finds the next word.</summary>
    /// <param name="line">The line without its terminator.</param>
    /// <param name="start">Where the word begins; the line's length if there is none.</param>
    /// <param name="end">Where it ends; the line's length if there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(ReadOnlySpan<byte> line, out int start, out int end)
    {
        ulong behindStart = _edges & (_edges - 1);
        if (behindStart != 0)
        {
            start = (int)_block + BitOperations.TrailingZeroCount(_edges);
            end = (int)_block + BitOperations.TrailingZeroCount(behindStart);
            _edges = behindStart & (behindStart - 1);
            return true;
        }

        // Through copies: a call with references would keep all of these in memory on the path above, too.
        Words copy = this;
        copy.NextAcrossBlocks(line, out int wordStart, out int wordEnd);
        this = copy;
        start = wordStart;
        end = wordEnd;
        return wordStart < wordEnd;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NextAcrossBlocks(ReadOnlySpan<byte> line, out int start, out int end)
    {
        start = NextEdge(line);
        end = NextEdge(line);
    }

    // The next begin or end of a word; the end of the line when no block has one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int NextEdge(ReadOnlySpan<byte> line)
    {
        while (_edges == 0)
        {
            if (line.Length - _block <= LineScan.BlockBytes)
                return line.Length;
            _block += LineScan.BlockBytes;
            uint gapBefore = line[(int)_block - 1] == ' ' ? 1u : 0u;
            ulong gaps = LineScan.Gaps(line, (int)_block);
            _edges = gaps ^ ((gaps << 1) | gapBefore);
        }

        int edge = (int)_block + BitOperations.TrailingZeroCount(_edges);
        _edges &= _edges - 1;
        return edge;
    }
}
