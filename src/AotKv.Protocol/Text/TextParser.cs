using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Text;

/// <summary>
/// Parses the classic text protocol. It keeps no state, owns no buffer and knows no socket: bytes in, a request out.
/// </summary>
/// <remarks>
/// The rules are those of memcached 1.6.45 (protocol.txt, and its behaviour where that says more). What comes out does not depend on how
/// the bytes were cut into packets, with one exception that memcached has too: a line is too long when more than
/// <see cref="MaxBufferedLine"/> bytes of it have arrived and its end has not; the same line arriving in one piece is parsed.
/// </remarks>
public static partial class TextParser
{
    /// <summary>The longest key in bytes.</summary>
    public const int MaxKeyLength = 250;

    /// <summary>
    /// Bytes that may be buffered without a line end. Only lines that begin with <c>get</c>, <c>gets</c>, <c>gat</c> or <c>gats</c> may be
    /// longer, without any bound here: how much of one is buffered is for the owner of the buffer to limit.
    /// </summary>
    public const int MaxBufferedLine = 2048;

    /// <summary>The longest data block in bytes that a storage command may announce.</summary>
    public const int MaxValueLength = int.MaxValue - 2;

    // The shortest line that is looked at, terminator included.
    private const int MinLineLength = 4;

    // Of four letters the first three, and the first and the third: a meta command is an m, another letter and a space.
    private const uint ThreeMask = 0x00FFFFFF;
    private const uint MetaMask = 0x00FF00FF;

    // Spaces that may stand before a retrieval command whose line is longer than MaxBufferedLine.
    private const int MaxLeadingSpaces = 100;

    /// <summary>
    /// Parses the request line at the start of the input. A storage command's data block is not looked at, nor are the flags of a meta
    /// command: those are for <see cref="Meta.MetaParser.Parse"/>.
    /// </summary>
    /// <param name="input">The bytes received and not yet consumed.</param>
    /// <param name="scanned">How many leading bytes are known to hold no line end: 0, or the input's length at the last NeedMore.</param>
    /// <param name="request">
    /// The request; default on <see cref="ParseStatus.NeedMore"/>. On <see cref="ParseStatus.Bad"/> the error, the verb if one was read,
    /// whether replies are wanted, the line's length (0 for <see cref="ProtocolError.LineTooLong"/>) and how much to drop behind it; its
    /// other fields mean nothing.
    /// </param>
    public static ParseStatus Parse(ReadOnlySpan<byte> input, int scanned, out Request request)
    {
        request = default;
        if (scanned != 0)
            return ParseLongLine(input, scanned, ref request);
        int lineEnd = LineScan.FindLineEnd(input, out ulong spaces);
        if (lineEnd < 0)
            return ParseLongLine(input, Math.Min(input.Length, LineScan.BlockBytes), ref request);

        ReadOnlySpan<byte> line = WithoutTerminator(input, lineEnd);
        ulong gaps = spaces | (ulong.MaxValue << line.Length);
        request.LineLength = lineEnd + 1;
        if (request.LineLength < MinLineLength)
            return Bad(ref request, ProtocolError.BadCommandLine);

        // Nearly all requests are gets of one key, and then there is nothing left to find; then come sets.
        uint head = BinaryPrimitives.ReadUInt32LittleEndian(input);
        if (head == Four("get "u8) && IsOneWord(gaps >> 4, line.Length - 4))
        {
            request.Verb = Verb.Get;
            request.KeyOffset = 4;
            request.KeyLength = line.Length - 4;
            request.KeysLength = line.Length - 4;
            return ParseStatus.Done;
        }

        if (head == Four("set "u8))
            return Storage(line, Words.Behind(gaps, 4), Verb.Set, ref request);
        if ((head & ThreeMask) == (Four("mg  "u8) & ThreeMask) && (gaps & (1 << 3)) == 0)
            return PlainMetaGet(line, gaps, ref request);
        if ((head & MetaMask) == (Four("m   "u8) & MetaMask))
            return MetaCommand(line, Words.Behind(gaps, 3), ref request);
        return ParseLine(line, new Words(gaps), ref request);
    }

    /// <summary>Checks the data block of a storage command: <paramref name="valueLength"/> bytes and CR LF.</summary>
    /// <param name="input">The bytes behind the request line.</param>
    /// <param name="valueLength">The length the line announced, 0 to <see cref="MaxValueLength"/>.</param>
    /// <returns>
    /// NeedMore, Done, or Bad when the two bytes behind the value are not CR LF. Done and Bad both consume the value and those two bytes:
    /// what stands behind a bad block is parsed as a command, as memcached does.
    /// </returns>
    public static ParseStatus ParseData(ReadOnlySpan<byte> input, int valueLength)
    {
        if (input.Length - 2 < valueLength)
            return ParseStatus.NeedMore;
        return input[valueLength] == '\r' && input[valueLength + 1] == '\n' ? ParseStatus.Done : ParseStatus.Bad;
    }

    // A line whose end is not in the first block, or whose beginning was looked at before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus ParseLongLine(ReadOnlySpan<byte> input, int scanned, ref Request request)
    {
        int lineEnd = input[scanned..].IndexOf((byte)'\n');
        if (lineEnd < 0)
        {
            return input.Length > MaxBufferedLine && !MayBeLong(input)
                ? Bad(ref request, ProtocolError.LineTooLong)
                : ParseStatus.NeedMore;
        }

        lineEnd += scanned;
        ReadOnlySpan<byte> line = WithoutTerminator(input, lineEnd);
        request.LineLength = lineEnd + 1;
        return request.LineLength < MinLineLength
            ? Bad(ref request, ProtocolError.BadCommandLine)
            : ParseLine(line, new Words(LineScan.Gaps(line, 0)), ref request);
    }

    private static bool MayBeLong(ReadOnlySpan<byte> input)
    {
        int start = input.IndexOfAnyExcept((byte)' ');
        if (start is < 0 or > MaxLeadingSpaces)
            return false;
        ReadOnlySpan<byte> line = input[start..];
        return line.StartsWith("get "u8) || line.StartsWith("gets "u8) || line.StartsWith("gat "u8) || line.StartsWith("gats "u8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> WithoutTerminator(ReadOnlySpan<byte> input, int lineEnd) =>
        input[..(lineEnd > 0 && input[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd)];

    // Gaps of a line shorter than a block: the lowest bit set is the end of the line, so no space comes before it.
    private static bool IsOneWord(ulong gaps, int length) => length > 0 && BitOperations.TrailingZeroCount(gaps) == length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Four(ReadOnlySpan<byte> letters) => BinaryPrimitives.ReadUInt32LittleEndian(letters);

    private static ParseStatus Bad(ref Request request, ProtocolError error)
    {
        request.Error = error;
        return ParseStatus.Bad;
    }
}
