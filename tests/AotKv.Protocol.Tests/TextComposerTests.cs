using System.Globalization;
using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>Replies that have parts, byte for byte.</summary>
public sealed class TextComposerTests
{
    private static IEnumerable<ulong> Numbers()
    {
        for (ulong number = 0; number <= 120_000; number++)
            yield return number;
        ulong power = 1;
        for (int digits = 1; digits <= 19; digits++)
        {
            power *= 10;
            foreach (ulong number in (ulong[])[power - 2, power - 1, power, power + 1, (power * 2) - 1, power + (power / 10)])
                yield return number;
        }

        for (int bit = 0; bit < 64; bit++)
        {
            yield return 1UL << bit;
            yield return (1UL << bit) - 1;
            yield return ulong.MaxValue >> bit;
        }

        var random = new Random(7);
        for (int i = 0; i < 100_000; i++)
            yield return (ulong)random.NextInt64() << 1 >> random.Next(64);
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void Digits_of_every_width_are_right()
    {
        var destination = new byte[64];
        foreach (ulong number in Numbers())
        {
            int length = TextComposer.Digits(destination, number);
            if (Text(number) != Said.Text(destination.AsSpan(0, length)))
                Assert.Fail($"{number} was written as {Said.Text(destination.AsSpan(0, length))}");
        }
    }

    [Fact]
    public void Digits_fit_where_there_is_just_room_for_them()
    {
        foreach (ulong number in Numbers().Where(n => n % 97 == 0 || n > 120_000))
        {
            string text = Text(number);
            var destination = new byte[text.Length + 2];
            Assert.Equal(text.Length, TextComposer.Digits(destination.AsSpan(0, text.Length), number));
            Assert.Equal(text, Said.Text(destination.AsSpan(0, text.Length)));
            Assert.Equal(0, destination[text.Length]);
            Assert.Equal(text.Length + 2, TextComposer.Number(destination, number));
            Assert.Equal(text + "\r\n", Said.Text(destination));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(20)]
    public void Digits_touch_at_most_seven_bytes_behind_themselves(int digits)
    {
        ulong number = ulong.Parse(new string('1', digits), CultureInfo.InvariantCulture);
        var destination = new byte[64];
        destination.AsSpan().Fill(0xee);
        TextComposer.Digits(destination, number);
        Assert.True(destination.AsSpan(Math.Max(digits, 8)).IndexOfAnyExcept((byte)0xee) < 0);
    }

    [Fact]
    public void Digits_without_room_throw() => Assert.Throws<ArgumentException>(() => TextComposer.Digits(new byte[3], 1000));

    [Theory]
    [InlineData(0u, 0, 0ul)]
    [InlineData(1u, 5, 1ul)]
    [InlineData(12u, 100, 1_700_000_000_000_000ul)]
    [InlineData(99_999u, 1_048_576, 12_345_678ul)]
    [InlineData(uint.MaxValue, int.MaxValue, ulong.MaxValue)]
    public void Value_header_is_composed(uint flags, int length, ulong cas)
    {
        for (int keyLength = 1; keyLength <= 250; keyLength++)
        {
            string key = new('k', keyLength);
            var destination = new byte[keyLength + TextComposer.MaxValueHeaderExtra];
            int written = TextComposer.ValueHeader(destination, Said.Bytes(key), flags, length);
            Assert.Equal($"VALUE {key} {flags} {length}\r\n", Said.Text(destination.AsSpan(0, written)));
            written = TextComposer.ValueHeader(destination, Said.Bytes(key), flags, length, cas);
            Assert.Equal($"VALUE {key} {flags} {length} {cas}\r\n", Said.Text(destination.AsSpan(0, written)));
            Assert.True(written <= destination.Length);
        }
    }

    [Fact]
    public void Value_header_leaves_what_is_behind_its_room_alone()
    {
        var bytes = new byte[300];
        bytes.AsSpan().Fill(0xee);
        TextComposer.ValueHeader(bytes.AsSpan(0, 250 - 64 + 64), new byte[186], uint.MaxValue, int.MaxValue, ulong.MaxValue);
        Assert.True(bytes.AsSpan(250).IndexOfAnyExcept((byte)0xee) < 0);
    }

    [Fact]
    public void Value_header_without_room_throws()
    {
        Assert.Throws<ArgumentException>(() => TextComposer.ValueHeader(new byte[67], new byte[4], 0, 0));
        Assert.Throws<ArgumentException>(() => TextComposer.ValueHeader(new byte[67], new byte[4], 0, 0, 0));
    }
}
