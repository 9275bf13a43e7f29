namespace AotKv.Protocol.Text;

/// <summary>Keys as dumps and logs show them: one word of plain letters, whatever bytes a key has.</summary>
public static class UriText
{
    // Bit i is set for the letters that stand for themselves, first for bytes 0 to 63, then for 64 to 127: A-Z a-z 0-9 - . _ ~
    private const ulong LowPlain = (0x3FFUL << '0') | (1UL << '-') | (1UL << '.');
    private const ulong HighPlain =
        (0x3FFFFFFUL << ('A' - 64)) | (0x3FFFFFFUL << ('a' - 64)) | (1UL << ('_' - 64)) | (1UL << ('~' - 64));

    /// <summary>Writes bytes, those that are no letter, digit or one of <c>- . _ ~</c> as a percent sign and two upper-case digits.</summary>
    /// <param name="destination">At least three bytes for each one of the key.</param>
    /// <param name="key">The bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
        int length = 0;
        foreach (byte letter in key)
        {
            if (IsPlain(letter))
            {
                destination[length++] = letter;
            }
            else
            {
                destination[length + 2] = digits[letter & 15];
                destination[length + 1] = digits[letter >> 4];
                destination[length] = (byte)'%';
                length += 3;
            }
        }

        return length;
    }

    private static bool IsPlain(byte letter) => letter < 128 && (((letter < 64 ? LowPlain : HighPlain) >> (letter & 63)) & 1) != 0;
}
