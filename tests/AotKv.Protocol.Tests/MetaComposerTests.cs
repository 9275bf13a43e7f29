using System.Text;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>Reply lines of meta commands, byte for byte.</summary>
public sealed class MetaComposerTests
{
    private static MetaRequest Parse(string line, out string key, out string opaque)
    {
        byte[] input = Said.Bytes(line + "\r\n");
        Assert.Equal(ParseStatus.Done, TextParser.Parse(input, 0, out Request request));
        Assert.Equal(ParseStatus.Done, MetaParser.Parse(input, ref request, out MetaRequest meta));
        key = Said.Text(input.AsSpan(request.KeyOffset, request.KeyLength));
        opaque = Said.Text(input.AsSpan(meta.OpaqueOffset, meta.OpaqueLength));
        return meta;
    }

    // The item of the tables: 5 bytes, CAS id 17, client flags 32, 60 seconds to live, 7 since its last access, fetched.
    private static string WithItem(string line, MetaStatus status, MetaMarks marks = MetaMarks.None, long ttl = 60, bool isBase64 = false)
    {
        MetaRequest meta = Parse(line, out string key, out string opaque);
        var item = new MetaItem
        {
            Key = Said.Bytes(key),
            Cas = 17,
            TtlSeconds = ttl,
            LastAccessSeconds = 7,
            ClientFlags = 32,
            Size = 5,
            WasFetched = true,
            Marks = marks,
            IsBase64Key = isBase64,
        };
        var destination = new byte[MetaComposer.MaxLineLength];
        return Said.Text(destination.AsSpan(0, MetaComposer.WithItem(destination, meta, status, item, Said.Bytes(opaque))));
    }

    private static string WithoutItem(string line, MetaStatus status, string? decoded = null)
    {
        MetaRequest meta = Parse(line, out string key, out string opaque);
        var destination = new byte[MetaComposer.MaxLineLength];
        return Said.Text(destination.AsSpan(
            0, MetaComposer.WithoutItem(destination, meta, status, Said.Bytes(decoded ?? key), Said.Bytes(opaque))));
    }

    [Theory]
    [InlineData("mg k", MetaStatus.Done, "HD\r\n")]
    [InlineData("mg k v", MetaStatus.Value, "VA 5\r\n")]
    [InlineData("mg k v k", MetaStatus.Value, "VA 5 kk\r\n")]
    [InlineData("mg k t", MetaStatus.Done, "HD t60\r\n")]
    [InlineData("mg k s v t f c h l k O123", MetaStatus.Value, "VA 5 s5 t60 f32 c17 h1 l7 kk O123\r\n")]
    [InlineData("mg k O123 k l h c f t v s", MetaStatus.Value, "VA 5 O123 kk l7 h1 c17 f32 t60 s5\r\n")]
    [InlineData("mg k T30 t N1 R1 O q u", MetaStatus.Done, "HD t60 O\r\n")]
    [InlineData("ms k 5", MetaStatus.Done, "HD\r\n")]
    [InlineData("ms k 5 s c O1 k t f h l v", MetaStatus.Done, "HD s5 c17 O1 kk\r\n")]
    [InlineData("ms k 5 k O1 c s", MetaStatus.NotStored, "NS kk O1 c17 s5\r\n")]
    [InlineData("ms k 5 c", MetaStatus.Exists, "EX c17\r\n")]
    [InlineData("ms k 5 c", MetaStatus.NotFound, "NF c17\r\n")]
    [InlineData("ma k", MetaStatus.Done, "HD\r\n")]
    [InlineData("ma k v t c k O1 N1 J1", MetaStatus.Value, "VA 5 t60 c17 kk O1\r\n")]
    [InlineData("ma k s f h l", MetaStatus.Done, "HD\r\n")]
    public void Line_with_an_item_tells_what_was_asked_in_that_order(string line, MetaStatus status, string reply) =>
        Assert.Equal(reply, WithItem(line, status));

    [Theory]
    [InlineData(MetaMarks.None, "HD t60\r\n")]
    [InlineData(MetaMarks.Won, "HD t60 W\r\n")]
    [InlineData(MetaMarks.Stale | MetaMarks.Won, "HD t60 X W\r\n")]
    [InlineData(MetaMarks.Stale | MetaMarks.AlreadyWon, "HD t60 Z X\r\n")]
    [InlineData(MetaMarks.AlreadyWon, "HD t60 Z\r\n")]
    [InlineData(MetaMarks.Won | MetaMarks.Stale | MetaMarks.AlreadyWon, "HD t60 Z X W\r\n")]
    public void Marks_stand_behind_the_flags(MetaMarks marks, string reply) => Assert.Equal(reply, WithItem("mg k t", MetaStatus.Done, marks));

    [Theory]
    [InlineData(0, "HD t0\r\n")]
    [InlineData(-1, "HD t-1\r\n")]
    [InlineData(-1000, "HD t-1\r\n")]
    [InlineData(2_147_483_647, "HD t2147483647\r\n")]
    public void Time_to_live_is_a_number_or_minus_one(long ttl, string reply) =>
        Assert.Equal(reply, WithItem("mg k t", MetaStatus.Done, ttl: ttl));

    [Fact]
    public void Base64_key_is_written_as_it_is_known() =>
        Assert.Equal("HD s5 kZm9v b c17\r\n", WithItem("mg foo s k c", MetaStatus.Done, isBase64: true));

    [Theory]
    [InlineData("mg k v", MetaStatus.Miss, "EN\r\n")]
    [InlineData("mg k s k t O9 c", MetaStatus.Miss, "EN kk O9\r\n")]
    [InlineData("md k", MetaStatus.Done, "HD\r\n")]
    [InlineData("md k O9 k q", MetaStatus.NotFound, "NF O9 kk\r\n")]
    [InlineData("md k c t s", MetaStatus.Exists, "EX\r\n")]
    [InlineData("ma k t c k O9", MetaStatus.NotFound, "NF kk O9\r\n")]
    [InlineData("ma k O", MetaStatus.NotStored, "NS O\r\n")]
    [InlineData("ma k k", MetaStatus.Exists, "EX kk\r\n")]
    public void Line_without_an_item_tells_key_and_opaque(string line, MetaStatus status, string reply) =>
        Assert.Equal(reply, WithoutItem(line, status));

    [Fact]
    public void Line_without_an_item_writes_the_key_as_it_was_asked_for() =>
        Assert.Equal("EN kZm9v b O9\r\n", WithoutItem("mg Zm9v b k O9", MetaStatus.Miss, "foo"));

    [Fact]
    public void Generated_requests_are_answered_as_the_reference_does()
    {
        const int Seed = 21;
        var generator = new RequestGenerator(Seed);
        var destination = new byte[MetaComposer.MaxLineLength];
        int composed = 0;
        for (int round = 0; composed < 30_000; round++)
        {
            byte[] input = Said.Bytes(generator.Next());
            if (TextParser.Parse(input, 0, out Request request) != ParseStatus.Done
                || request.Verb is < Verb.MetaGet or > Verb.MetaArithmetic
                || MetaParser.Parse(input, ref request, out MetaRequest meta) != ParseStatus.Done)
                continue;
            composed++;
            var status = (MetaStatus)generator.Below(6);
            var key = new byte[generator.Below(4) == 0 ? 250 : 1 + generator.Below(30)];
            key.AsSpan().Fill((byte)('a' + generator.Below(26)));
            ReadOnlySpan<byte> opaque = input.AsSpan(meta.OpaqueOffset, meta.OpaqueLength);
            var item = new MetaItem
            {
                Key = key,
                Cas = (ulong)generator.Below(int.MaxValue) << generator.Below(33),
                TtlSeconds = generator.Below(1000) - 100,
                LastAccessSeconds = (uint)generator.Below(100_000),
                ClientFlags = (uint)generator.Below(70_000),
                Size = generator.Below(2_000_000),
                WasFetched = generator.Below(2) == 0,
                IsBase64Key = generator.Below(2) == 0,
                Marks = (MetaMarks)generator.Below(8),
            };
            int length = MetaComposer.WithItem(destination, meta, status, item, opaque);
            string line = Said.Text(input.AsSpan(0, request.LineLength));
            Compare(Reference(line, status, item, true, meta.Has(MetaFlags.Base64Key)), destination, length, Seed, round, line);
            length = MetaComposer.WithoutItem(destination, meta, status, key, opaque);
            Compare(Reference(line, status, item, false, meta.Has(MetaFlags.Base64Key)), destination, length, Seed, round, line);
        }
    }

    private static void Compare(string expected, byte[] destination, int length, int seed, int round, string line) =>
        Assert.True(expected == Said.Text(destination.AsSpan(0, length)), $"seed {seed}, round {round}, {line}: {expected}");

    private static string Reference(string line, MetaStatus status, in MetaItem item, bool hasItem, bool isBase64)
    {
        string[] words = line.TrimEnd('\n').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[^1].EndsWith('\r'))
            words[^1] = words[^1][..^1];
        bool isSet = words[0] == "ms";
        string answered = hasItem ? words[0] switch { "mg" => "cfhklOst", "ms" => "kOcs", "md" => "kO", _ => "ctkO" } : "kO";
        var reply = new StringBuilder(status switch
        {
            MetaStatus.Done => "HD",
            MetaStatus.Value => hasItem ? $"VA {item.Size}" : "VA",
            MetaStatus.Miss => "EN",
            MetaStatus.NotFound => "NF",
            MetaStatus.NotStored => "NS",
            _ => "EX",
        });
        isBase64 = hasItem ? item.IsBase64Key : isBase64;
        foreach (string flag in words.Skip(isSet ? 3 : 2).Where(flag => flag.Length > 0 && answered.Contains(flag[0])))
        {
            reply.Append(' ').Append(flag[0] == 'O' ? "" : flag[0].ToString()).Append(flag[0] switch
            {
                'c' => item.Cas.ToString(),
                'f' => item.ClientFlags.ToString(),
                'h' => item.WasFetched ? "1" : "0",
                'k' => isBase64 ? Convert.ToBase64String(item.Key) + " b" : Said.Text(item.Key),
                'l' => item.LastAccessSeconds.ToString(),
                'O' => flag,
                's' => item.Size.ToString(),
                _ => Math.Max(-1, item.TtlSeconds).ToString(),
            });
        }

        if (hasItem)
        {
            foreach ((MetaMarks mark, string letter) in ((MetaMarks, string)[])
                [(MetaMarks.AlreadyWon, " Z"), (MetaMarks.Stale, " X"), (MetaMarks.Won, " W")])
                reply.Append(item.Marks.HasFlag(mark) ? letter : "");
        }

        return reply.Append("\r\n").ToString();
    }

    [Fact]
    public void Longest_line_stays_in_its_room()
    {
        var bytes = new byte[MetaComposer.MaxLineLength + 100];
        bytes.AsSpan().Fill(0xee);
        MetaRequest meta = Parse($"mg k s c f h l t O{new string('o', 31)} k v", out _, out string opaque);
        var item = new MetaItem
        {
            Key = new byte[250],
            Cas = ulong.MaxValue,
            TtlSeconds = long.MaxValue,
            LastAccessSeconds = uint.MaxValue,
            ClientFlags = uint.MaxValue,
            Size = int.MaxValue,
            WasFetched = true,
            IsBase64Key = true,
            Marks = MetaMarks.AlreadyWon | MetaMarks.Stale | MetaMarks.Won,
        };
        int length = MetaComposer.WithItem(
            bytes.AsSpan(0, MetaComposer.MaxLineLength), meta, MetaStatus.Value, item, Said.Bytes(opaque));
        Assert.EndsWith(" b Z X W\r\n", Said.Text(bytes.AsSpan(0, length)), StringComparison.Ordinal);
        Assert.Equal(476, length);
        Assert.True(bytes.AsSpan(MetaComposer.MaxLineLength).IndexOfAnyExcept((byte)0xee) < 0);
        length = MetaComposer.DebugLine(bytes.AsSpan(0, MetaComposer.MaxLineLength), item, uint.MaxValue);
        Assert.Equal('\n', (char)bytes[length - 1]);
    }

    [Fact]
    public void Line_without_room_throws()
    {
        MetaRequest meta = Parse("mg k k O", out _, out _);
        Assert.Throws<ArgumentException>(() => MetaComposer.WithItem(new byte[511], meta, MetaStatus.Done, default, default));
        Assert.Throws<ArgumentException>(() => MetaComposer.WithoutItem(new byte[511], meta, MetaStatus.Done, default, default));
        Assert.Throws<ArgumentException>(() => MetaComposer.WithoutItem(new byte[512], meta, MetaStatus.Done, new byte[251], default));
        Assert.Throws<ArgumentException>(() => MetaComposer.WithoutItem(new byte[512], meta, MetaStatus.Done, default, new byte[33]));
    }

    [Theory]
    [InlineData(60, true, false, "ME foo exp=60 la=7 cas=17 fetch=yes cls=3 size=71\r\n")]
    [InlineData(-1, false, false, "ME foo exp=-1 la=7 cas=17 fetch=no cls=3 size=71\r\n")]
    [InlineData(0, false, true, "ME Zm9v exp=0 la=7 cas=17 fetch=no cls=3 size=71\r\n")]
    public void Debug_line_tells_all_there_is(long ttl, bool fetched, bool isBase64, string reply)
    {
        var item = new MetaItem
        {
            Key = "foo"u8,
            Cas = 17,
            TtlSeconds = ttl,
            LastAccessSeconds = 7,
            Size = 71,
            WasFetched = fetched,
            IsBase64Key = isBase64,
        };
        var destination = new byte[MetaComposer.MaxLineLength];
        Assert.Equal(reply, Said.Text(destination.AsSpan(0, MetaComposer.DebugLine(destination, item, 3))));
    }
}
