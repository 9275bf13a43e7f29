using System.Globalization;
using System.Text;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>
/// Anything at all may come in. Generated and mutated input must neither break a session nor be answered differently when it arrives
/// in other pieces, with less room or a smaller budget.
/// </summary>
public sealed class SessionFuzzTests
{
    /// <summary>A changed byte can make a request for statistics of something else, and no two answers to that are the same.</summary>
    internal const string StatOfTheMoment = "rusage_user";

    private const int Rounds = 3000;

    private static readonly string[] Words =
    [
        "get", "gets", "gat", "gats", "set", "add", "replace", "append", "prepend", "cas", "delete", "incr", "decr", "touch", "version", "verbosity",
        "noreply", "a", "b", "key", "0", "1", "2", "5", "17", "-1", "4294967295", "4294967296", "18446744073709551615", "99999999999999999999", "x",
        " ", "  ", "\t", "\0", "\u0080", "\u00ff", "flush_all", "stats nonsense", "shutdown", "bogus", "GET / HTTP/1.0",
    ];

    [Fact]
    public void Process_generated_input_in_any_pieces_gives_the_same_replies()
    {
        using SessionFixture fixture = new(store: new() { MaxItemBytes = 1024, MemoryLimitBytes = 8 << 20 });
        foreach (int seed in FuzzTime.Seeds(Rounds))
        {
            byte[] input = Generate(new Random(seed));
            string whole = Play(fixture, input, seed, pieces: false, new() { Budget = int.MaxValue });
            if (whole.Contains(StatOfTheMoment, StringComparison.Ordinal))
            {
                continue;
            }

            string byPieces = Play(fixture, input, seed, pieces: true, new() { Budget = int.MaxValue });
            string small = Play(fixture, input, seed, pieces: true, new() { Room = 1024, Budget = 1 });
            Assert.True(whole == byPieces && whole == small, $"seed {seed}: {Encoding.Latin1.GetString(input)}\n--\n{whole}\n--\n{byPieces}\n--\n{small}");
        }
    }

    private static string Play(SessionFixture fixture, byte[] input, int seed, bool pieces, Style style)
    {
        fixture.Ask("flush_all\r\n");
        using SessionDriver driver = new(new(fixture.Host, id: 9)) { Room = style.Room, Budget = style.Budget };
        Random random = new(seed);
        StringBuilder replies = new();
        for (int at = 0; at < input.Length;)
        {
            int length = pieces ? Math.Min(input.Length - at, random.Next(1, 40)) : input.Length;
            replies.Append(driver.Send(input.AsSpan(at, length)));
            at += length;
        }

        return Conversations.WithoutCas(replies.ToString()) + (driver.IsClosed ? "(closed)" : string.Empty);
    }

    private static byte[] Generate(Random random)
    {
        StringBuilder text = new();
        for (int requests = random.Next(1, 12); requests > 0; requests--)
        {
            text.Append(random.Next(4) switch
            {
                0 => Storage(random),
                1 => $"{Words[random.Next(4)]} {Words[random.Next(Words.Length)]} a b\r\n",
                _ => string.Join(' ', Enumerable.Range(0, random.Next(1, 7)).Select(_ => Words[random.Next(Words.Length)])) + (random.Next(5) == 0 ? "\n" : "\r\n"),
            });
        }

        byte[] bytes = Encoding.Latin1.GetBytes(text.ToString());
        for (int mutations = random.Next(3); mutations > 0; mutations--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static string Storage(Random random)
    {
        int length = random.Next(8) == 0 ? random.Next(900, 1100) : random.Next(20);
        int announced = random.Next(10) == 0 ? random.Next(30) : length;
        string noreply = random.Next(4) == 0 ? " noreply" : string.Empty;
        string value = random.Next(3) == 0 ? random.Next(1000).ToString(CultureInfo.InvariantCulture).PadRight(length)[..length] : new('v', length);
        return $"{Words[random.Next(4, 10)]} {(random.Next(2) == 0 ? "a" : "b")} {random.Next(3)} 0 {announced}{noreply}\r\n{value}\r\n";
    }

    private sealed record Style
    {
        public int Room { get; init; } = ServerLimits.ReplyBufferBytes;

        public int Budget { get; init; }
    }
}
