namespace AotKv.Protocol.Text;

/// <summary>
/// Parses the classic text protocol. It keeps no state, owns no buffer and knows no socket: bytes in, a request out.
/// </summary>
public static class TextParser
{
    /// <summary>Parses the request line at the start of the input. A storage command's data block is not looked at.</summary>
    /// <param name="input">The bytes received and not yet consumed.</param>
    /// <param name="scanned">How many leading bytes are known to hold no line end: 0, or the input's length at the last NeedMore.</param>
    /// <param name="request">The request, or the error; default on <see cref="ParseStatus.NeedMore"/>.</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> input, int scanned, out Request request) => throw new NotSupportedException();

    /// <summary>Checks the data block of a storage command: <paramref name="valueLength"/> bytes and CR LF.</summary>
    /// <param name="input">The bytes behind the request line.</param>
    /// <param name="valueLength">The length the line announced.</param>
    /// <returns>NeedMore, Done, or Bad when the two bytes behind the value are not CR LF.</returns>
    public static ParseStatus ParseData(ReadOnlySpan<byte> input, int valueLength) => throw new NotSupportedException();
}
