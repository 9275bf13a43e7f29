using System.Globalization;
using System.Text;

namespace AotKv.Perf.Wire;

/// <summary>A server sent bytes that are no reply to the request that waits for one.</summary>
public sealed class ReplyException : Exception
{
    /// <summary>Says what is wrong and shows the bytes.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="bytes">Where it is wrong, if that can be shown; the first 80 are.</param>
    public ReplyException(string problem, ReadOnlySpan<byte> bytes)
        : base(bytes.IsEmpty ? problem : $"{problem}: {Show(bytes)}")
    {
    }

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (byte b in bytes[..Math.Min(bytes.Length, 80)])
        {
            _ = b switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                >= 0x20 and < 0x7F => text.Append((char)b),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"),
            };
        }

        return text.Append(bytes.Length > 80 ? "\"..." : "\"").ToString();
    }
}
