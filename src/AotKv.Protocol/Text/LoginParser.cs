namespace AotKv.Protocol.Text;

/// <summary>
/// Parses what a client sends before it is authenticated on a text connection: a <c>set</c> whose data block is
/// <c>name password</c>. Key, flags and expiry time may be anything.
/// </summary>
/// <remarks>The rules are those of memcached 1.6.45. Nothing here compares passwords.</remarks>
public static class LoginParser
{
    /// <summary>The longest data block in bytes that a login may announce.</summary>
    public const int MaxLoginLength = 16384;

    // The shortest line that is not a reason to close, without its LF.
    private const int MinLineLength = 6;

    /// <summary>Parses the line of a login.</summary>
    /// <param name="input">The bytes received and not yet consumed.</param>
    /// <param name="request">
    /// On Done a <see cref="Verb.Set"/> with <see cref="Request.LineLength"/> and <see cref="Request.ValueLength"/>;
    /// <see cref="ParseData"/> goes on behind the line. On Bad the error and the line's length, which is all there is to drop; it is 0 when
    /// the connection is to be closed (<see cref="ProtocolError.LineTooLong"/>, <see cref="ProtocolError.LoginTooShort"/>).
    /// </param>
    public static ParseStatus ParseLine(ReadOnlySpan<byte> input, out Request request)
    {
        request = default;
        int lineEnd = input.IndexOf((byte)'\n');
        if (lineEnd < 0)
            return input.Length > TextParser.MaxBufferedLine ? Bad(ref request, ProtocolError.LineTooLong) : ParseStatus.NeedMore;
        if (lineEnd < MinLineLength)
            return Bad(ref request, ProtocolError.LoginTooShort);

        request.LineLength = lineEnd + 1;
        ReadOnlySpan<byte> line = input[..(input[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd)];
        var words = new Words(LineScan.Gaps(line, 0));
        int start = 0;
        int end = 0;
        for (int word = 0; word < 5; word++)
        {
            if (!words.Next(line, out start, out end))
                return Bad(ref request, ProtocolError.Unauthenticated);
        }

        // Memcached compares three letters, whatever stands behind them.
        if (!line.StartsWith("set"u8) || !Numbers.TryShortUInt32(line, start, end, out uint length))
            return Bad(ref request, ProtocolError.Unauthenticated);
        if (length > MaxLoginLength)
            return Bad(ref request, ProtocolError.LoginTooLong);
        request.Verb = Verb.Set;
        request.ValueLength = (int)length;
        return ParseStatus.Done;
    }

    /// <summary>Parses the data block of a login. Done and Bad both consume it with the two bytes behind it.</summary>
    /// <param name="input">The bytes behind the line.</param>
    /// <param name="valueLength">The length the line announced.</param>
    /// <param name="nameLength">On Done: length of the name, which the block begins with; the password stands one byte behind it.</param>
    /// <param name="error">On Bad: what to answer.</param>
    public static ParseStatus ParseData(ReadOnlySpan<byte> input, int valueLength, out int nameLength, out ProtocolError error)
    {
        nameLength = 0;
        error = ProtocolError.None;
        ParseStatus status = TextParser.ParseData(input, valueLength);
        if (status == ParseStatus.NeedMore)
            return ParseStatus.NeedMore;
        if (status == ParseStatus.Bad)
        {
            error = ProtocolError.BadLoginEnd;
            return ParseStatus.Bad;
        }

        nameLength = Math.Max(0, input[..valueLength].IndexOf((byte)' '));
        if (nameLength > 0 || (valueLength > 0 && input[0] == ' '))
            return ParseStatus.Done;
        error = ProtocolError.BadLoginFormat;
        return ParseStatus.Bad;
    }

    private static ParseStatus Bad(ref Request request, ProtocolError error)
    {
        request.Error = error;
        return ParseStatus.Bad;
    }
}
