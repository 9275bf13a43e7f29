using System.Text;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Tests;

/// <summary>The scanners of the meta and the binary protocol against replies cut at every byte, and against wrong ones.</summary>
public sealed class OtherScannerTests : IDisposable
{
    private static readonly Scenario Mixed = new()
    {
        Name = "test",
        Keys = new KeySpace { Count = 10, SizeBytes = 9, Distribution = KeyDistribution.Sequential },
        Values = ValueSizes.Fixed(11),
        ClientFlags = 7,
        Steps = [new(StepKind.Get, 1)],
    };

    // Keys 0; 1 to 3; 4; 5; 6; 7; 8 and 9 are asked for.
    private static readonly Step[] Steps =
    [
        new(StepKind.Get, 1), new(StepKind.Get, 1, 3), new(StepKind.Set, 1), new(StepKind.Delete, 1), new(StepKind.Increment, 1),
        new(StepKind.Touch, 1), new(StepKind.GetAndTouch, 1), new(StepKind.Get, 1),
    ];

    private readonly ValuePool _values = new(32);
    private readonly Tape _tape;

    public OtherScannerTests()
    {
        _tape = new Tape(Mixed, _values, 64, 64, 4096);
        uint key = 0;
        foreach (Step step in Steps)
        {
            var keys = new uint[step.Keys];
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = key++;
            }

            _tape.Append(step.Kind, keys, 1);
        }
    }

    [Fact]
    public void Scan_of_meta_replies_cut_anywhere_counts_the_same()
    {
        string replies = $"{Meta(0)}{Meta(1)}{Meta(3)}MN\r\nHD\r\nNF\r\nVA 2\r\n43\r\nHD\r\n{Meta(8)}EN kk00000009\r\n";
        Counts<MetaScanner>(Encoding.ASCII.GetBytes(replies));
    }

    [Fact]
    public void Scan_of_binary_replies_cut_anywhere_counts_the_same()
    {
        byte[] replies =
        [
            .. Binary(0x0c, 0, 0), .. Binary(0x0d, 0, 1), .. Binary(0x0d, 0, 3), .. Packet(0x0a, 0, [], [], []), .. Packet(0x01, 0, [], [], []),
            .. Packet(0x04, 1, [], [], "Not found"u8), .. Packet(0x05, 0, [], [], new byte[8]), .. Packet(0x1c, 0, [0, 0, 0, 7], [], []),
            .. Binary(0x23, 0, 8), .. Packet(0x0c, 1, [], "k00000009"u8, []),
        ];
        Counts<BinaryScanner>(replies);
    }

    [Theory]
    [InlineData("VA 11 kk00000001 f7\r\n")]
    [InlineData("VA 11 kk00000000 f8\r\n")]
    [InlineData("VA 10 kk00000000 f7\r\n")]
    [InlineData("VA 11 f7 kk00000000\r\n")]
    [InlineData("HD\r\n")]
    [InlineData("MN\r\n")]
    public void Scan_of_a_wrong_meta_reply_throws(string reply) =>
        Assert.Throws<ReplyException>(() => Scan<MetaScanner>(Encoding.ASCII.GetBytes(reply), reply.Length, out _));

    [Fact]
    public void Scan_of_a_wrong_binary_reply_throws()
    {
        byte[] otherKey = Binary(0x0c, 0, 1);
        byte[] noMagic = Binary(0x0c, 0, 0);
        noMagic[0] = 0x80;
        byte[] wrongByte = Binary(0x0c, 0, 0);
        wrongByte[^1] ^= 1;
        Assert.All([otherKey, noMagic, wrongByte], reply => Assert.Throws<ReplyException>(() => Scan<BinaryScanner>(reply, reply.Length, out _)));
    }

    [Fact]
    public void Scan_of_error_replies_counts_them_and_keeps_their_text()
    {
        Tally meta = Scan<MetaScanner>("SERVER_ERROR out of memory\r\n"u8.ToArray(), 0, out _);
        Tally binary = Scan<BinaryScanner>(Packet(0x0c, 0x82, [], [], "Out of memory"u8), 0, out _);
        Assert.Equal((1, "SERVER_ERROR out of memory"), (meta.Errors, meta.FirstError));
        Assert.Equal((1, "status 130: Out of memory"), (binary.Errors, binary.FirstError));
    }

    public void Dispose() => _tape.Dispose();

    private void Counts<TScanner>(byte[] replies)
        where TScanner : struct, IReplyScanner
    {
        for (int cut = 0; cut <= replies.Length; cut++)
        {
            Tally tally = Scan<TScanner>(replies, cut, out int waiting);
            string place = $"cut at {cut}";
            Assert.True(waiting == 0 && tally.Requests == 8 && tally.Hits == 4 && tally.Misses == 2, place);
            Assert.True(tally.Stored == 1 && tally.NotFound == 1 && tally.Counted == 1 && tally.Touched == 1, place);
            Assert.True(tally.VerifiedValues == 4 && tally.ValueBytes == 44 && tally.Errors == 0, place);
        }
    }

    private Tally Scan<TScanner>(byte[] replies, int cut, out int waiting)
        where TScanner : struct, IReplyScanner
    {
        var expected = new Expected(_tape, 0, verify: true);
        expected.Queued(_tape.Count);
        var scanner = default(TScanner);
        var tally = new Tally();
        int used = scanner.Scan(replies.AsSpan(0, cut), ref expected, tally);
        used += scanner.Scan(replies.AsSpan(used), ref expected, tally);
        Assert.Equal(replies.Length, used);
        waiting = expected.Waiting;
        return tally;
    }

    private string Meta(uint key) => $"VA 11 kk{key:x8} f7\r\n{Encoding.ASCII.GetString(_values.Slice(key, 0, 11))}\r\n";

    private byte[] Binary(byte opcode, byte status, uint key) =>
        Packet(opcode, status, [0, 0, 0, 7], Encoding.ASCII.GetBytes($"k{key:x8}"), _values.Slice(key, 0, 11));

    private static byte[] Packet(byte opcode, byte status, ReadOnlySpan<byte> extras, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        byte[] head = new byte[24];
        head[0] = 0x81;
        head[1] = opcode;
        head[3] = (byte)key.Length;
        head[4] = (byte)extras.Length;
        head[7] = status;
        head[11] = (byte)(extras.Length + key.Length + value.Length);
        return [.. head, .. extras, .. key, .. value];
    }
}
