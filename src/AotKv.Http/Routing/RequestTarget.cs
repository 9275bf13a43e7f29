using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace AotKv.Http.Routing;

/// <summary>
/// The path and query of a request, read from the bytes that were sent: keys are bytes, and the framework's decoded path cannot tell
/// <c>%2F</c> from <c>/</c>.
/// </summary>
internal sealed class RequestTarget
{
    private readonly string _path;
    private readonly List<Range> _segments = [];
    private List<(string Name, byte[] Value)>? _query;

    private RequestTarget(string path) => _path = path;

    public int SegmentCount => _segments.Count;

    /// <summary>Reads a request line's target.</summary>
    /// <param name="raw">As sent: a path, or an absolute address.</param>
    /// <param name="target">What it says.</param>
    /// <returns>False when it is neither, or has a broken escape.</returns>
    public static bool TryParse(string raw, [NotNullWhen(true)] out RequestTarget? target)
    {
        target = null;
        if (!raw.StartsWith('/'))
        {
            int scheme = raw.IndexOf("://", StringComparison.Ordinal);
            int slash = scheme < 0 ? -1 : raw.IndexOf('/', scheme + 3);
            if (scheme < 0)
            {
                return false;
            }

            raw = slash < 0 ? "/" : raw[slash..];
        }

        int question = raw.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? raw : raw[..question];
        RequestTarget parsed = new(path);
        int from = 1;
        for (int at = path.IndexOf('/', 1); at >= 0; at = path.IndexOf('/', from))
        {
            parsed._segments.Add(from..at);
            from = at + 1;
        }

        parsed._segments.Add(from..path.Length);
        if (!IsWellEscaped(path) || (question >= 0 && !parsed.ReadQuery(raw[(question + 1)..])))
        {
            return false;
        }

        target = parsed;
        return true;
    }

    public bool SegmentIs(int index, string text)
    {
        ReadOnlySpan<char> segment = _path.AsSpan(_segments[index]);
        return segment.SequenceEqual(text)
            || (segment.Contains('%') && Encoding.UTF8.GetString(Unescape(segment, plusIsSpace: false)) == text);
    }

    /// <summary>A segment's bytes.</summary>
    public byte[] Segment(int index) => Unescape(_path.AsSpan(_segments[index]), plusIsSpace: false);

    /// <summary>The bytes from a segment to the end of the path.</summary>
    public byte[] From(int index) => Unescape(_path.AsSpan(_segments[index].Start.Value), plusIsSpace: false);

    /// <summary>A parameter's bytes; null when it is not there. Of a repeated one the last counts.</summary>
    public byte[]? Query(string name)
    {
        for (int i = (_query?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (_query![i].Name == name)
            {
                return _query[i].Value;
            }
        }

        return null;
    }

    /// <summary>A parameter as text; null when it is not there.</summary>
    public string? QueryText(string name) => Query(name) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>A parameter as a whole number.</summary>
    /// <param name="name">The name.</param>
    /// <param name="otherwise">What it is when it is not there.</param>
    /// <param name="most">The largest allowed.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when it is there and no such number.</returns>
    public bool TryNumber(string name, ulong otherwise, ulong most, out ulong number)
    {
        number = otherwise;
        return QueryText(name) is not { } text
            || (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most);
    }

    private bool ReadQuery(string query)
    {
        _query = [];
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsWellEscaped(part))
            {
                return false;
            }

            int equals = part.IndexOf('=', StringComparison.Ordinal);
            ReadOnlySpan<char> name = equals < 0 ? part : part.AsSpan(0, equals);
            byte[] value = equals < 0 ? [] : Unescape(part.AsSpan(equals + 1), plusIsSpace: true);
            _query.Add((Encoding.UTF8.GetString(Unescape(name, plusIsSpace: true)), value));
        }

        return true;
    }

    private static bool IsWellEscaped(ReadOnlySpan<char> text)
    {
        for (int at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%'))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
            {
                return false;
            }

            text = text[(at + 3)..];
        }

        return true;
    }

    private static byte[] Unescape(ReadOnlySpan<char> text, bool plusIsSpace)
    {
        if (text.IndexOfAny('%', '+') < 0)
        {
            byte[] plain = new byte[Encoding.UTF8.GetByteCount(text)];
            _ = Encoding.UTF8.GetBytes(text, plain);
            return plain;
        }

        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int count = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                bytes[count++] = byte.Parse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 2;
            }
            else if (text[i] == '+' && plusIsSpace)
            {
                bytes[count++] = (byte)' ';
            }
            else if (char.IsAscii(text[i]))
            {
                bytes[count++] = (byte)text[i];
            }
            else
            {
                int units = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                count += Encoding.UTF8.GetBytes(text.Slice(i, units), bytes.AsSpan(count));
                i += units - 1;
            }
        }

        return bytes[..count];
    }
}
