using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Meta;

/// <summary>Keys as base64 (RFC 4648, standard alphabet, with padding): how meta commands carry any bytes as a key.</summary>
public static class Base64Key
{
    /// <summary>The longest key in bytes that a line can carry: its base64 has at most 248 letters.</summary>
    public const int MaxDecodedLength = (Text.TextParser.MaxKeyLength / 4) * 3;

    /// <summary>Letters of the longest key there is, 250 bytes.</summary>
    public const int MaxEncodedLength = (Text.TextParser.MaxKeyLength + 2) / 3 * 4;

    /// <summary>Decodes a key that <see cref="MetaParser.Parse"/> has found good.</summary>
    /// <param name="encoded">The key as it was sent.</param>
    /// <param name="destination">At least <see cref="MaxDecodedLength"/> bytes.</param>
    /// <returns>The key's length, 1 to <see cref="MaxDecodedLength"/>; 0 when the letters are no base64.</returns>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> destination)
    {
        OperationStatus status = Base64.DecodeFromUtf8(encoded, destination, out _, out int length);
        return status == OperationStatus.Done ? length : 0;
    }

    /// <summary>Writes a key as base64.</summary>
    /// <param name="destination">At least four bytes for every three of the key or a part of three.</param>
    /// <param name="key">The key.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        OperationStatus status = Base64.EncodeToUtf8(key, destination, out _, out int length);
        return status == OperationStatus.Done ? length : Throw.TooSmall();
    }

    // One key has one spelling: letters that are not what encoding the key gives (blanks, bits behind the end) are refused.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool IsGood(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length % 4 != 0)
            return false;
        Span<byte> key = stackalloc byte[MaxDecodedLength];
        int length = Decode(encoded, key);
        Span<byte> again = stackalloc byte[MaxEncodedLength];
        return length > 0 && again[..Encode(again, key[..length])].SequenceEqual(encoded);
    }
}
