namespace AotKv.Protocol.Text;

/// <summary>The fixed replies of the text protocol, CR LF included.</summary>
public static class TextReplies
{
    /// <summary>The reply to a bad request; empty for those that close the connection without one.</summary>
    /// <param name="error">Why it is bad.</param>
    public static ReadOnlySpan<byte> For(ProtocolError error) => throw new NotSupportedException();
}
