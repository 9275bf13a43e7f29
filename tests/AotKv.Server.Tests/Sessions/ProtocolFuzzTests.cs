using System.Globalization;
using System.Text;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>
/// Meta and binary requests as clients might send them, then some bytes changed: a session answers them the same whether they come at once,
/// in pieces, with less room or with a smaller budget.
/// </summary>
public sealed class ProtocolFuzzTests
{
    private const int Rounds = 2500;

    private static readonly string[] Flags =
    [
        "v", "k", "q", "s", "t", "f", "c", "h", "l", "u", "b", "x", "I", "O1", "Oabc", "T0", "T30", "T-1", "N30", "R30", "M", "MA", "MP", "ME", "MR", "MS", "MI",
        "M-", "D5", "J10", "C1", "C0", "E7", "F3", "Fx", "Tx", "L", "P", "Z", "!", "kk", "noreply", "O", "C99999999999999999999",
    ];

    private static readonly string[] Keys = ["a", "b", "n", "YQ==", "!!", "AGEg", "zz"];

    [Fact]
    public void Meta_requests_in_any_pieces_get_the_same_replies() => Fuzz(GenerateMeta, Conversations.WithoutCas);

    [Fact]
    public void Binary_requests_in_any_pieces_get_the_same_replies() => Fuzz(GeneratePackets, Packets.WithoutCas);

    /// <summary>Of at most 2,048 bytes: a longer line is parsed when its end comes with it, and closes the connection when it does not.</summary>
    [Fact]
    public void Both_protocols_mixed_in_any_pieces_get_the_same_replies() => Fuzz(
        random => [.. (random.Next(2) == 0 ? GenerateMeta(random).Concat(GeneratePackets(random)) : GeneratePackets(random).Concat(GenerateMeta(random))).Take(2048)],
        Conversations.WithoutCas);

    private static void Fuzz(Func<Random, byte[]> generate, Func<string, string> withoutCas)
    {
        using SessionFixture fixture = new(store: new() { MaxItemBytes = 1024, MemoryLimitBytes = 8 << 20 });
        foreach (int seed in FuzzTime.Seeds(Rounds))
        {
            byte[] input = generate(new Random(seed));
            string whole = Play(fixture, input, _ => input.Length, ServerLimits.ReplyBufferBytes, int.MaxValue);
            if (whole.Contains(SessionFuzzTests.StatOfTheMoment, StringComparison.Ordinal))
            {
                continue;
            }

            Random random = new(seed);
            string byPieces = Play(fixture, input, _ => random.Next(1, 40), ServerLimits.ReplyBufferBytes, int.MaxValue);
            string byBytes = Play(fixture, input, _ => 1, room: 1024, budget: 1);
            string expected = withoutCas(whole);
            Assert.True(
                expected == withoutCas(byPieces) && expected == withoutCas(byBytes),
                $"seed {seed}: {Escape(Encoding.Latin1.GetString(input))}\n--\n{Escape(whole)}\n--\n{Escape(byPieces)}\n--\n{Escape(byBytes)}");
        }
    }

    private static string Play(SessionFixture fixture, byte[] input, Func<int, int> piece, int room, int budget)
    {
        fixture.Ask("flush_all\r\n");
        using SessionDriver driver = new(new(fixture.Host, id: 9)) { Room = room, Budget = budget };
        StringBuilder replies = new();
        for (int at = 0; at < input.Length;)
        {
            int length = Math.Min(input.Length - at, piece(at));
            replies.Append(driver.Send(input.AsSpan(at, length)));
            at += length;
        }

        return replies.ToString() + (driver.IsClosed ? "(closed)" : string.Empty);
    }

    private static byte[] GenerateMeta(Random random)
    {
        StringBuilder text = new();
        for (int requests = random.Next(1, 12); requests > 0; requests--)
        {
            string command = Pick(random, "mg", "mg", "ms", "ms", "ms", "md", "ma", "ma", "mn", "me", "mx");
            text.Append(command);
            if (command != "mn")
            {
                text.Append(' ').Append(Pick(random, Keys));
            }

            string value = random.Next(3) == 0 ? random.Next(1000).ToString(CultureInfo.InvariantCulture) : new('v', random.Next(12) == 0 ? random.Next(900, 1100) : random.Next(20));
            if (command == "ms")
            {
                text.Append(' ').Append(random.Next(10) == 0 ? random.Next(-1, 30) : value.Length);
            }

            for (int flags = random.Next(5); flags > 0; flags--)
            {
                text.Append(' ').Append(Pick(random, Flags));
            }

            text.Append(random.Next(8) == 0 ? "\n" : "\r\n");
            if (command == "ms")
            {
                text.Append(value).Append("\r\n");
            }
        }

        return Mutate(random, Encoding.Latin1.GetBytes(text.ToString()));
    }

    private static byte[] GeneratePackets(Random random)
    {
        List<byte> bytes = [];
        for (int requests = random.Next(1, 12); requests > 0; requests--)
        {
            byte opcode = (byte)random.Next(0x26);
            if (opcode is 0x10 or 0x07 or 0x17)
            {
                opcode = 0x0a; // statistics change from one reading to the next, and behind a quit there is nothing
            }

            byte[] key = HasKey(opcode) ? Encoding.Latin1.GetBytes(Pick(random, Keys)) : [];
            byte[] value = HasValue(opcode) ? Encoding.Latin1.GetBytes(random.Next(3) == 0 ? "17" : new('v', random.Next(10) == 0 ? random.Next(900, 1100) : random.Next(20))) : [];
            int extras = ExtrasOf(opcode);
            int body = extras + key.Length + value.Length + (random.Next(40) == 0 ? random.Next(-3, 4) : 0);
            bytes.AddRange([0x80, opcode, (byte)(key.Length >> 8), (byte)key.Length, (byte)extras, 0, 0, 0, 0, 0, (byte)(body >> 8), (byte)body, 1, 2, 3, (byte)requests]);
            bytes.AddRange(new byte[7]);
            bytes.Add((byte)(random.Next(6) == 0 ? 1 : 0));
            for (int i = 0; i < extras; i++)
            {
                bytes.Add((byte)(i == extras - 1 ? random.Next(3) : random.Next(30) == 0 ? 255 : 0));
            }

            bytes.AddRange(key);
            bytes.AddRange(value);
        }

        return Mutate(random, [.. bytes]);
    }

    private static bool HasKey(byte opcode) => opcode is not (0x07 or 0x08 or 0x0a or 0x0b or 0x17 or 0x18 or 0x20);

    private static bool HasValue(byte opcode) => opcode is >= 0x01 and <= 0x03 or 0x0e or 0x0f or (>= 0x11 and <= 0x13) or 0x19 or 0x1a or 0x21 or 0x22;

    private static int ExtrasOf(byte opcode) => opcode switch
    {
        >= 0x01 and <= 0x03 or >= 0x11 and <= 0x13 => 8,
        0x05 or 0x06 or 0x15 or 0x16 => 20,
        >= 0x1c and <= 0x1e or 0x23 or 0x24 => 4,
        _ => 0,
    };

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        for (int mutations = random.Next(4) == 0 ? random.Next(1, 4) : 0; mutations > 0; mutations--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static string Pick(Random random, params string[] from) => from[random.Next(from.Length)];

    private static string Escape(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? $"\\x{(int)c:x2}" : c.ToString()));
}
