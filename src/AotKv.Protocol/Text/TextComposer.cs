namespace AotKv.Protocol.Text;

/// <summary>Writes the replies that have parts. Every method writes at the start of a span that is large enough and returns the bytes written.</summary>
public static class TextComposer
{
    /// <summary>Room that any <c>VALUE</c> line needs beside its key.</summary>
    public const int MaxValueHeaderExtra = 64;

    /// <summary>Writes <c>VALUE key flags bytes\r\n</c>.</summary>
    public static int ValueHeader(Span<byte> destination, ReadOnlySpan<byte> key, uint clientFlags, int valueLength) =>
        throw new NotSupportedException();

    /// <summary>Writes <c>VALUE key flags bytes cas\r\n</c>.</summary>
    public static int ValueHeader(Span<byte> destination, ReadOnlySpan<byte> key, uint clientFlags, int valueLength, ulong cas) =>
        throw new NotSupportedException();

    /// <summary>Writes an unsigned decimal number and CR LF: the reply of incr and decr.</summary>
    public static int Number(Span<byte> destination, ulong number) => throw new NotSupportedException();

    /// <summary>Writes an unsigned decimal number without anything behind it.</summary>
    public static int Digits(Span<byte> destination, ulong number) => throw new NotSupportedException();
}
