using AotKv.Protocol.Meta;
using AotKv.Protocol.Tests.Reference;

namespace AotKv.Protocol.Tests;

/// <summary>Keys to base64 and back.</summary>
public sealed class Base64KeyTests
{
    [Fact]
    public void Encode_and_decode_of_every_length_agree_with_the_framework()
    {
        var random = new Random(3);
        var letters = new byte[Base64Key.MaxEncodedLength];
        var decoded = new byte[Base64Key.MaxDecodedLength];
        for (int length = 1; length <= 250; length++)
        {
            var key = new byte[length];
            random.NextBytes(key);
            int written = Base64Key.Encode(letters, key);
            Assert.Equal(Convert.ToBase64String(key), Said.Text(letters.AsSpan(0, written)));
            if (length <= Base64Key.MaxDecodedLength)
            {
                Assert.Equal(length, Base64Key.Decode(letters.AsSpan(0, written), decoded));
                Assert.Equal(key, decoded.AsSpan(0, length));
            }
        }

        Assert.Equal(336, Base64Key.MaxEncodedLength);
        Assert.Equal(186, Base64Key.MaxDecodedLength);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Zm9")]
    [InlineData("Zm9!")]
    [InlineData("====")]
    public void Decode_of_what_is_no_base64_gives_nothing(string letters) =>
        Assert.Equal(0, Base64Key.Decode(Said.Bytes(letters), new byte[200]));

    [Fact]
    public void Encode_without_room_throws() => Assert.Throws<ArgumentException>(() => Base64Key.Encode(new byte[7], new byte[4]));
}
