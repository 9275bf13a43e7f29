using System.Runtime.CompilerServices;
using CommunityToolkit.HighPerformance;

namespace AotKv.Protocol.Text;

/// <summary>
/// Writes the replies that have parts. Every method writes at the start of a span that is large enough and returns the bytes written;
/// up to seven bytes behind them may be overwritten. A span that is too small is a mistake of the caller and throws.
/// </summary>
public static partial class TextComposer
{
    /// <summary>Room that any <c>VALUE</c> line needs beside its key.</summary>
    public const int MaxValueHeaderExtra = 64;

    /// <summary>Room that any number and its CR LF need.</summary>
    public const int MaxNumberLength = Decimals.Room + 2;

    /// <summary>Writes an unsigned decimal number and CR LF: the reply of incr and decr.</summary>
    /// <param name="destination">Room for the digits and two bytes; <see cref="MaxNumberLength"/> is always enough.</param>
    /// <param name="number">The number.</param>
    public static int Number(Span<byte> destination, ulong number)
    {
        int length = Digits(destination, number);
        "\r\n"u8.CopyTo(destination[length..]);
        return length + 2;
    }

    /// <summary>Writes an unsigned decimal number without anything behind it.</summary>
    /// <param name="destination">Room for the digits, 20 at most.</param>
    /// <param name="number">The number.</param>
    public static int Digits(Span<byte> destination, ulong number) => destination.Length >= Decimals.Room
        ? Decimals.Write(ref destination.DangerousGetReference(), number)
        : DigitsWithoutRoom(destination, number);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int DigitsWithoutRoom(Span<byte> destination, ulong number)
    {
        Span<byte> digits = stackalloc byte[Decimals.Room];
        int length = Decimals.Write(ref digits.DangerousGetReference(), number);
        digits[..length].CopyTo(destination);
        return length;
    }
}
