using System.Buffers.Text;

namespace AotKv.Engine;

/// <summary>Unsigned 64-bit numbers as decimal text, read as memcached's strtoull does (memcached 1.6.45, incr and decr).</summary>
internal static class DecimalText
{
    /// <summary>Digits of 2^64 - 1.</summary>
    public const int MaxDigits = 20;

    /// <summary>Reads a number: blanks before it, then digits, then the end or a blank. What follows the blank does not matter.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        int at = 0;
        while (at < text.Length && IsBlank(text[at]))
        {
            at++;
        }

        int first = at;
        for (; at < text.Length; at++)
        {
            uint digit = (uint)text[at] - '0';
            if (digit > 9)
            {
                break;
            }

            if (number > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            number = (number * 10) + digit;
        }

        return at > first && (at == text.Length || IsBlank(text[at]));
    }

    /// <summary>Writes a number.</summary>
    /// <param name="destination">At least <see cref="MaxDigits"/> bytes.</param>
    /// <param name="number">The number.</param>
    /// <returns>The digits, at the start of the destination.</returns>
    public static ReadOnlySpan<byte> Write(Span<byte> destination, ulong number)
    {
        _ = Utf8Formatter.TryFormat(number, destination, out int written);
        return destination[..written];
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (>= 9 and <= 13);
}
