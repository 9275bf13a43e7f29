using System.Buffers.Text;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Http;

/// <summary>Looks for the end of an answer, and holds it against the right one.</summary>
internal static class HttpReply
{
    /// <summary>Checks an answer that begins a buffer.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="exchange">What is right.</param>
    /// <returns>Its length; 0 when it has not come whole.</returns>
    /// <exception cref="ReplyException">It is another one.</exception>
    public static int Check(ReadOnlySpan<byte> bytes, HttpExchange exchange)
    {
        int head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return 0;
        }

        if (!bytes.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(bytes[9..head], out int status, out _) || status != exchange.Status)
        {
            throw new ReplyException($"an answer whose status is not {exchange.Status}", bytes);
        }

        int length = LengthOf(bytes[..head], exchange);
        if (length != exchange.Body.Length)
        {
            throw new ReplyException($"an answer with {length} bytes instead of {exchange.Body.Length}", bytes);
        }

        int total = head + 4 + length;
        if (bytes.Length < total)
        {
            return 0;
        }

        return bytes[(head + 4)..total].SequenceEqual(exchange.Body) ? total : throw new ReplyException("an answer with another body", bytes[(head + 4)..total]);
    }

    private static int LengthOf(ReadOnlySpan<byte> head, HttpExchange exchange)
    {
        ReadOnlySpan<byte> name = "\r\nContent-Length: "u8;
        int at = head.IndexOf(name);
        if (at < 0)
        {
            return exchange.Body.Length == 0 ? 0 : throw new ReplyException("an answer without a length", head);
        }

        return Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : throw new ReplyException("a length that is none", head);
    }
}
