using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>Keys as dumps and logs show them.</summary>
public sealed class UriTextTests
{
    [Fact]
    public void Every_byte_is_written_as_itself_or_in_hex()
    {
        var destination = new byte[3];
        for (int letter = 0; letter < 256; letter++)
        {
            bool isPlain = letter < 128 && (char.IsAsciiLetterOrDigit((char)letter) || "-._~".Contains((char)letter));
            string expected = isPlain ? ((char)letter).ToString() : $"%{letter:X2}";
            Assert.Equal(expected, Said.Text(destination.AsSpan(0, UriText.Encode(destination, [(byte)letter]))));
        }
    }

    [Fact]
    public void Longest_key_fits_into_three_times_its_length()
    {
        var key = new byte[250];
        var destination = new byte[750];
        Assert.Equal(750, UriText.Encode(destination, key));
        Assert.Equal(string.Concat(Enumerable.Repeat("%00", 250)), Said.Text(destination));
        Assert.Throws<IndexOutOfRangeException>(() => UriText.Encode(new byte[749], key));
    }

    [Fact]
    public void Key_is_one_word_that_the_framework_reads_back()
    {
        string key = "user:1/\xfcml\x00 ~.x%\r\n";
        var destination = new byte[100];
        string text = Said.Text(destination.AsSpan(0, UriText.Encode(destination, Said.Bytes(key))));
        Assert.Equal("user%3A1%2F%FCml%00%20~.x%25%0D%0A", text);
        Assert.Equal(0, UriText.Encode([], []));
    }
}
