using System.Text;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Tests;

/// <summary>The scanner against replies cut in every way.</summary>
public sealed class ClassicScannerTests : IDisposable
{
    private static readonly Scenario Mixed = new()
    {
        Name = "test",
        Keys = new KeySpace { Count = 10, SizeBytes = 9, Distribution = KeyDistribution.Sequential },
        Values = ValueSizes.Fixed(11),
        ClientFlags = 7,
        Steps = [new(StepKind.Get, 1)],
    };

    private readonly ValuePool _values = new(32);
    private readonly List<Tape> _tapes = [];

    [Fact]
    public void Scan_cut_in_every_pair_of_places_counts_the_same()
    {
        const string Statuses = "STORED\r\nDELETED\r\nNOT_FOUND\r\n43  \r\nTOUCHED\r\n";
        string text = $"{Value(0)}END\r\nEND\r\n{Value(2)}{Value(4)}END\r\n{Statuses}{Value(0)}END\r\nNOT_STORED\r\n";
        byte[] replies = Bytes(text);
        for (int first = 0; first <= replies.Length; first++)
        {
            for (int second = first; second <= replies.Length; second++)
            {
                Tally tally = Scan(replies, verify: true, first, second);
                string places = $"cut at {first} and {second}";
                Assert.True(tally.Requests == 10 && tally.Hits == 4 && tally.Misses == 2, places);
                Assert.True(tally.Stored == 1 && tally.NotStored == 1 && tally.Deleted == 1, places);
                Assert.True(tally.NotFound == 1 && tally.Counted == 1 && tally.Touched == 1, places);
                Assert.True(tally.VerifiedValues == 4 && tally.ValueBytes == 44 && tally.Errors == 0, places);
            }
        }
    }

    [Fact]
    public void Scan_byte_by_byte_counts_the_same()
    {
        Tape tape = Tape(new Step(StepKind.Get, 1));
        var expected = new Expected(tape, 0, verify: true);
        expected.Queued(1);
        var scanner = default(ClassicScanner);
        var tally = new Tally();
        var waiting = new List<byte>();
        foreach (byte b in Bytes(Value(0) + "END\r\n"))
        {
            waiting.Add(b);
            int used = scanner.Scan(waiting.ToArray(), ref expected, tally);
            waiting.RemoveRange(0, used);
        }

        Assert.Empty(waiting);
        Assert.Equal(0, expected.Waiting);
        Assert.Equal(1, tally.VerifiedValues);
    }

    [Theory]
    [InlineData("ERROR\r\n", "ERROR")]
    [InlineData("SERVER_ERROR out of memory storing object\r\n", "SERVER_ERROR out of memory storing object")]
    [InlineData("CLIENT_ERROR bad data chunk\r\n", "CLIENT_ERROR bad data chunk")]
    public void Scan_of_an_error_line_counts_it_and_keeps_its_text(string reply, string text)
    {
        foreach (StepKind kind in Enum.GetValues<StepKind>())
        {
            Tally tally = ScanOne(new Step(kind, 1), reply, verify: true);
            Assert.Equal(1, tally.Errors);
            Assert.Equal(1, tally.Requests);
            Assert.Equal(text, tally.FirstError);
        }
    }

    [Theory]
    [InlineData("VALUE k00000000 7 11\r\n#wrong-byte\r\nEND\r\n")]
    [InlineData("VALUE k00000001 7 11\r\n{1}\r\nEND\r\n")]
    [InlineData("VALUE k00000000 8 11\r\n{0}\r\nEND\r\n")]
    [InlineData("VALUE k00000000 7 10\r\n0123456789\r\nEND\r\n")]
    [InlineData("VALUE k00000000 7 11\r\n{0}\r\nVALUE k00000000 7 11\r\n{0}\r\nEND\r\n")]
    public void Scan_verifying_a_wrong_value_throws(string reply)
    {
        string text = reply.Replace("{0}", Letters(0), StringComparison.Ordinal).Replace("{1}", Letters(1), StringComparison.Ordinal);
        Assert.Throws<ReplyException>(() => ScanOne(new Step(StepKind.Get, 1), text, verify: true));
    }

    [Theory]
    [InlineData(StepKind.Get, "STORED\r\n")]
    [InlineData(StepKind.Set, "END\r\n")]
    [InlineData(StepKind.Set, "DELETED\r\n")]
    [InlineData(StepKind.Delete, "STORED\r\n")]
    [InlineData(StepKind.Touch, "DELETED\r\n")]
    [InlineData(StepKind.Increment, "12x\r\n")]
    [InlineData(StepKind.Increment, "\r\n")]
    [InlineData(StepKind.Set, "\n")]
    [InlineData(StepKind.Set, "STORED\n")]
    [InlineData(StepKind.Set, "STORED\r\nSTORED\r\n")]
    [InlineData(StepKind.Get, "VALUE k00000000 7\r\n")]
    [InlineData(StepKind.Get, "VALUE k00000000 7 x\r\n")]
    [InlineData(StepKind.Get, "VALUE k00000000  1\r\n")]
    [InlineData(StepKind.Get, "VALUE k000000000 7 1\r\n")]
    [InlineData(StepKind.Get, "VALUE k00000000 7 3\r\nabc#\r\n")]
    [InlineData(StepKind.Get, "VALUE k00000000 7 1\r\na\r\nVALUE k00000000 7 1\r\nb\r\nEND\r\n")]
    public void Scan_of_no_reply_throws(StepKind kind, string reply) =>
        Assert.Throws<ReplyException>(() => ScanOne(new Step(kind, 1), reply, verify: false));

    [Fact]
    public void Scan_of_a_line_without_an_end_throws()
    {
        string reply = new('x', ClassicScanner.MaxLeftover + 1);
        Assert.Throws<ReplyException>(() => ScanOne(new Step(StepKind.Set, 1), reply, verify: false));
    }

    public void Dispose()
    {
        foreach (Tape tape in _tapes)
        {
            tape.Dispose();
        }
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private string Letters(uint key) => Encoding.ASCII.GetString(_values.Slice(key, 0, 11));

    private string Value(uint key) => $"VALUE k{key:x8} 7 11\r\n{Letters(key)}\r\n";

    /// <summary>A tape with requests of these kinds; keys count up from 0 through all of them.</summary>
    private Tape Tape(params Step[] steps)
    {
        var tape = new Tape(Mixed, _values, 64, 64, 4096);
        _tapes.Add(tape);
        uint key = 0;
        foreach (Step step in steps)
        {
            var keys = new uint[step.Keys];
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = key++ % 10;
            }

            tape.Append(step.Kind, keys, 1);
        }

        return tape;
    }

    private Tally ScanOne(Step step, string reply, bool verify)
    {
        var expected = new Expected(Tape(step), 0, verify);
        expected.Queued(1);
        var scanner = default(ClassicScanner);
        var tally = new Tally();
        scanner.Scan(Bytes(reply), ref expected, tally);
        return tally;
    }

    private Tally Scan(byte[] replies, bool verify, params int[] cuts)
    {
        Tape tape = Shared();
        var expected = new Expected(tape, 0, verify);
        expected.Queued(tape.Count);
        var scanner = default(ClassicScanner);
        var tally = new Tally();
        var left = Array.Empty<byte>();
        int from = 0;
        foreach (int to in (int[])[.. cuts, replies.Length])
        {
            byte[] input = [.. left, .. replies.AsSpan(from, to - from)];
            int used = scanner.Scan(input, ref expected, tally);
            left = input[used..];
            from = to;
        }

        Assert.Empty(left);
        Assert.Equal(0, expected.Waiting);
        return tally;
    }

    /// <summary>Ten requests with the keys 0; 1; 2, 3 and 4; 5; 6; 7; 8; 9; 0; 1.</summary>
    private Tape Shared() => _tapes.Count > 0 ? _tapes[0] : Tape(
        new Step(StepKind.Get, 1), new Step(StepKind.Get, 1), new Step(StepKind.Get, 1, 3), new Step(StepKind.Set, 1),
        new Step(StepKind.Delete, 1), new Step(StepKind.Delete, 1), new Step(StepKind.Increment, 1), new Step(StepKind.Touch, 1),
        new Step(StepKind.GetAndTouch, 1), new Step(StepKind.Set, 1));
}
