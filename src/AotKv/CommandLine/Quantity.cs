using System.Globalization;

namespace AotKv.CommandLine;

/// <summary>Reads the numbers of the command line. Unlike memcached's atoi, it refuses what is not one.</summary>
internal static class Quantity
{
    /// <summary>Reads a whole number with an optional sign.</summary>
    public static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads octal permissions.</summary>
    public static bool TryOctal(string text, out int number)
    {
        number = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || number > 511)
            {
                return false;
            }

            number = (number * 8) + (digit - '0');
        }

        return text.Length > 0;
    }

    /// <summary>Reads a size: a number of units, or of KiB, MiB or GiB when k, m or g stands behind it.</summary>
    /// <param name="text">As written.</param>
    /// <param name="unitBytes">What the number counts without a letter.</param>
    /// <param name="bytes">The size.</param>
    public static bool TrySize(string text, long unitBytes, out long bytes)
    {
        bytes = 0;
        long unit = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch
        {
            'k' => 1L << 10,
            'm' => 1L << 20,
            'g' => 1L << 30,
            _ => 0,
        };
        ReadOnlySpan<char> digits = unit == 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        unit = unit == 0 ? unitBytes : unit;
        if (Math.Abs((double)number * unit) > long.MaxValue / 2)
        {
            return false;
        }

        bytes = number * unit;
        return true;
    }
}
