using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>The walk over words, with words and gaps of every length around the blocks it reads.</summary>
public sealed class KeyListTests
{
    private static List<string> Walk(ReadOnlySpan<byte> words)
    {
        var found = new List<string>();
        var list = new KeyList(words);
        while (list.MoveNext())
        {
            Assert.Equal(list.Position, words[..list.Position].LastIndexOf(list.Current) + list.Current.Length);
            found.Add(Said.Text(list.Current));
        }

        Assert.Equal(words.Length, list.Position);
        Assert.False(list.MoveNext());
        Assert.Equal(words.Length, list.Position);
        return found;
    }

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a b")]
    [InlineData("  aa   bbb  ")]
    [InlineData("a\tb \0 \r \xff")]
    public void Walk_finds_every_word(string words) => Assert.Equal(Split(words), Walk(Said.Bytes(words)));

    [Fact]
    public void Walk_over_words_and_gaps_of_every_length_finds_them()
    {
        for (int before = 0; before <= 2; before++)
        {
            for (int word = 1; word <= 140; word++)
            {
                for (int gap = 1; gap <= 130; gap += gap < 4 ? 1 : 7)
                {
                    string words = new string(' ', before) + new string('k', word) + new string(' ', gap) + "last";
                    Assert.Equal(Split(words), Walk(Said.Bytes(words)));
                }
            }
        }
    }

    [Fact]
    public void Walk_over_random_words_finds_them()
    {
        const int Seed = 20_260_101;
        var random = new Random(Seed);
        for (int round = 0; round < 20_000; round++)
        {
            var words = new char[random.Next(300)];
            int spaces = random.Next(1, 100);
            for (int i = 0; i < words.Length; i++)
                words[i] = random.Next(100) < spaces ? ' ' : (char)('a' + random.Next(26));
            string text = new(words);
            Assert.True(Split(text).SequenceEqual(Walk(Said.Bytes(text))), $"seed {Seed}, round {round}: [{text}]");
        }
    }

    [Fact]
    public void Walk_that_was_interrupted_goes_on_at_its_position()
    {
        string[] keys = [.. Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), 1 + (i % 90)))];
        byte[] words = Said.Bytes(string.Join(' ', keys));
        for (int stop = 0; stop <= keys.Length; stop++)
        {
            var first = new KeyList(words);
            for (int i = 0; i < stop; i++)
                Assert.True(first.MoveNext());
            byte[] moved = [.. words.AsSpan(first.Position)];
            Assert.Equal(keys.Skip(stop), Walk(moved));
        }
    }

    [Fact]
    public void Default_list_is_empty()
    {
        KeyList list = default;
        Assert.False(list.MoveNext());
        Assert.True(list.Current.IsEmpty);
    }
}
