using AotKv.Protocol.Tests.Reference;

namespace AotKv.Protocol.Tests;

/// <summary>The parser against the reference parser on generated lines; a failure names seed, round and input.</summary>
public sealed class FuzzTests
{
    private const int Rounds = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Parse_of_generated_lines_agrees_with_the_reference(int seed)
    {
        var generator = new RequestGenerator(seed);
        for (int round = 0; round < Rounds; round++)
        {
            string text = generator.Next();
            byte[] input = Said.Bytes(text);
            string expected = ReferenceParser.Parse(text);
            Compare(expected, Said.Parse(input), seed, round, text);

            // Knowing that the first bytes hold no line end changes nothing.
            int lineEnd = text.IndexOf('\n', StringComparison.Ordinal);
            int scanned = generator.Below((lineEnd < 0 ? text.Length : lineEnd) + 1);
            Compare(expected, Said.Parse(input, scanned), seed, round, text);

            // A line without its end is never decided, unless it is too long.
            if (lineEnd is >= 0 and <= 2048)
                Compare("NeedMore", Said.Parse(input.AsSpan(0, generator.Below(lineEnd + 1))), seed, round, text);
        }
    }

    [Fact]
    public void Parse_of_random_bytes_agrees_with_the_reference()
    {
        const int Seed = 5;
        var random = new Random(Seed);
        for (int round = 0; round < Rounds; round++)
        {
            var input = new byte[random.Next(100)];
            random.NextBytes(input);
            for (int i = 0; i < input.Length; i++)
                input[i] = random.Next(8) switch { 0 => (byte)' ', 1 when i > 30 => (byte)'\n', _ => input[i] };
            string text = Said.Text(input);
            Compare(ReferenceParser.Parse(text), Said.Parse(input), Seed, round, text);
        }
    }

    [Fact]
    public void Generated_lines_reach_every_command_and_every_error()
    {
        var generator = new RequestGenerator(6);
        var seen = new Dictionary<string, int>();
        for (int round = 0; round < Rounds / 2; round++)
        {
            string[] said = ReferenceParser.Parse(generator.Next()).Split(' ');
            string outcome = said[0] == "Bad" ? said[2] : said[0];
            seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
        }

        foreach (string verb in Enum.GetNames<Verb>().Where(name => name != nameof(Verb.None)))
            Assert.True(seen.GetValueOrDefault(verb) > 100, $"{verb}: {seen.GetValueOrDefault(verb)}");
        string[] notOfALine =
        [
            nameof(ProtocolError.None), nameof(ProtocolError.BadDataChunk), nameof(ProtocolError.Unauthenticated),
            nameof(ProtocolError.LoginTooLong), nameof(ProtocolError.BadLoginEnd), nameof(ProtocolError.BadLoginFormat),
            nameof(ProtocolError.LoginTooShort),
        ];
        foreach (string error in Enum.GetNames<ProtocolError>().Except(notOfALine))
            Assert.True(seen.GetValueOrDefault(error) > 20, $"{error}: {seen.GetValueOrDefault(error)}");
    }

    private static void Compare(string expected, string actual, int seed, int round, string input)
    {
        if (expected != actual)
        {
            Assert.Fail(
                $"seed {seed}, round {round}\ninput:     {Escape(input)}\nreference: {Escape(expected)}\nparser:    {Escape(actual)}");
        }
    }

    private static string Escape(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? $"\\x{(int)c:x2}" : c.ToString()));
}
