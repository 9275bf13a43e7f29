using System.Globalization;

namespace AotKv.Http.Keys;

/// <summary>What a Range header asks for.</summary>
internal enum RangeStatus
{
    /// <summary>The whole: no range, several, or one that is not in bytes.</summary>
    Whole,

    /// <summary>A part.</summary>
    Part,

    /// <summary>Nothing that there is.</summary>
    Unsatisfiable,
}

/// <summary>One range of bytes: <c>bytes=0-99</c>, <c>bytes=100-</c>, <c>bytes=-100</c>. Several are answered with the whole, as a server may.</summary>
internal readonly record struct ByteRange(long Start, long Length)
{
    public static RangeStatus Read(string? header, long size, out ByteRange range)
    {
        range = new(0, size);
        const string Unit = "bytes=";
        if (header == null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return RangeStatus.Whole;
        }

        ReadOnlySpan<char> text = header.AsSpan(Unit.Length).Trim();
        int dash = text.IndexOf('-');
        if (dash < 0)
        {
            return RangeStatus.Whole;
        }

        bool hasFirst = TryNumber(text[..dash], out long first);
        bool hasLast = TryNumber(text[(dash + 1)..], out long last);
        if ((!hasFirst && dash > 0) || (!hasLast && dash < text.Length - 1) || (!hasFirst && !hasLast) || (hasFirst && hasLast && last < first))
        {
            return RangeStatus.Whole;
        }

        if (!hasFirst)
        {
            (first, last) = (Math.Max(size - last, 0), last == 0 ? -1 : size - 1);
        }

        last = hasLast ? Math.Min(last, size - 1) : size - 1;
        if (first >= size || last < first)
        {
            return RangeStatus.Unsatisfiable;
        }

        range = new(first, last - first + 1);
        return RangeStatus.Part;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
