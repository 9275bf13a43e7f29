using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace AotKv.Http.Text;

/// <summary>
/// JSON strings as the Go library writes them, which memstore's clients have seen so far: <c>&lt; &gt; &amp;</c> as escapes, everything
/// beyond ASCII as it is, what is not UTF-8 as U+FFFD.
/// </summary>
internal static class JsonStrings
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x60).Select(c => (byte)c).Where(c => c is not ((byte)'"' or (byte)'\\' or (byte)'<' or (byte)'>' or (byte)'&'))]);

    /// <summary>Writes a string with its quotes.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        int plain = text.IndexOfAnyExcept(Plain);
        if (plain < 0)
        {
            Span<byte> quoted = output.GetSpan(text.Length + 2);
            quoted[0] = (byte)'"';
            text.CopyTo(quoted[1..]);
            quoted[text.Length + 1] = (byte)'"';
            output.Advance(text.Length + 2);
            return;
        }

        Put(output, "\""u8);
        while (!text.IsEmpty)
        {
            plain = text.IndexOfAnyExcept(Plain);
            Put(output, plain < 0 ? text : text[..plain]);
            if (plain < 0)
            {
                break;
            }

            text = text[plain..];
            text = text[0] < 0x80 ? Escape(output, text) : Beyond(output, text);
        }

        Put(output, "\""u8);
    }

    /// <summary>Writes bytes as a string of base64.</summary>
    public static void WriteBase64(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Put(output, "\""u8);
        Span<byte> span = output.GetSpan(Math.Max(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length), 1));
        _ = System.Buffers.Text.Base64.EncodeToUtf8(bytes, span, out _, out int written);
        output.Advance(written);
        Put(output, "\""u8);
    }

    /// <summary>Writes a named member for bytes: as text when they are UTF-8, otherwise with <c>_base64</c> behind the name.</summary>
    public static void WriteMember(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        bool isText = Utf8.IsValid(bytes);
        Put(output, "\""u8);
        Put(output, name);
        Put(output, isText ? "\":"u8 : "_base64\":"u8);
        if (isText)
        {
            Write(output, bytes);
        }
        else
        {
            WriteBase64(output, bytes);
        }
    }

    public static void Put(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.GetSpan(Math.Max(bytes.Length, 1)));
        output.Advance(bytes.Length);
    }

    public static void PutNumber(IBufferWriter<byte> output, long number)
    {
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(number, output.GetSpan(20), out int written);
        output.Advance(written);
    }

    public static void PutNumber(IBufferWriter<byte> output, ulong number)
    {
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(number, output.GetSpan(20), out int written);
        output.Advance(written);
    }

    private static ReadOnlySpan<byte> Escape(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        byte c = text[0];
        switch (c)
        {
            case (byte)'"':
                Put(output, "\\\""u8);
                break;
            case (byte)'\\':
                Put(output, "\\\\"u8);
                break;
            case (byte)'\n':
                Put(output, "\\n"u8);
                break;
            case (byte)'\r':
                Put(output, "\\r"u8);
                break;
            case (byte)'\t':
                Put(output, "\\t"u8);
                break;
            default:
                Span<byte> escape = [.. "\\u00"u8, Digit(c >> 4), Digit(c & 15)];
                Put(output, escape);
                break;
        }

        return text[1..];
    }

    /// <summary>Takes one character beyond ASCII.</summary>
    private static ReadOnlySpan<byte> Beyond(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        OperationStatus status = Rune.DecodeFromUtf8(text, out Rune rune, out int length);
        if (status != OperationStatus.Done)
        {
            // Go replaces byte by byte.
            Put(output, "\\ufffd"u8);
            return text[1..];
        }

        Put(output, rune.Value is 0x2028 ? "\\u2028"u8 : rune.Value is 0x2029 ? "\\u2029"u8 : text[..length]);
        return text[length..];
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
