using System.Text;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Tests;

public sealed unsafe class TapeTests
{
    [Fact]
    public void Write_gives_the_shares_of_the_scenario()
    {
        Scenario scenario = new() { Name = "test", Steps = [new(StepKind.Get, 60), new(StepKind.Set, 30), new(StepKind.Delete, 10)] };
        using Tape tape = new TapeWriter(scenario, new ClassicEncoder()).Write(seed: 42);
        var seen = new int[8];
        for (int i = 0; i < tape.Count; i++)
        {
            seen[(int)tape[i].Kind]++;
        }

        Assert.InRange((double)seen[(int)StepKind.Get] / tape.Count, 0.59, 0.61);
        Assert.InRange((double)seen[(int)StepKind.Set] / tape.Count, 0.29, 0.31);
        Assert.InRange((double)seen[(int)StepKind.Delete] / tape.Count, 0.09, 0.11);
    }

    [Fact]
    public void Write_with_the_same_seed_gives_the_same_bytes()
    {
        var writer = new TapeWriter(StandardScenarios.Sessions, new ClassicEncoder());
        using Tape first = writer.Write(seed: 5);
        using Tape second = writer.Write(seed: 5);
        using Tape other = writer.Write(seed: 6);
        Assert.True(All(first).SequenceEqual(All(second)));
        Assert.False(All(first).SequenceEqual(All(other)));
    }

    [Fact]
    public void Write_of_large_values_holds_at_least_256_requests()
    {
        Scenario scenario = StandardScenarios.WriteOnly with { Values = ValueSizes.Fixed(200_000), Keys = new KeySpace { Count = 10 } };
        using Tape tape = new TapeWriter(scenario, new ClassicEncoder()).Write(seed: 1);
        Assert.True(tape.Count >= 256, $"{tape.Count} requests");
    }

    [Fact]
    public void WriteSets_covers_every_key_once_and_in_order()
    {
        Scenario scenario = StandardScenarios.ReadHeavy with { Keys = new KeySpace { Count = 10_000 } };
        var writer = new TapeWriter(scenario, new ClassicEncoder());
        using Tape tape = writer.EmptyForSets();
        uint next = 0;
        while (next < scenario.Keys.Count)
        {
            uint first = next;
            next = writer.WriteSets(tape, first);
            Assert.Equal(next - first, (uint)tape.Count);
            for (int i = 0; i < tape.Count; i++)
            {
                Assert.Equal(StepKind.Set, tape[i].Kind);
                Assert.Equal(first + (uint)i, tape.Key(tape[i], 0));
            }
        }
    }

    [Fact]
    public void Distance_goes_round_the_end()
    {
        using var tape = new Tape(StandardScenarios.ReadOnly, new ValuePool(100), 3, 3, 100);
        tape.Append(StepKind.Get, [0], 10);
        tape.Append(StepKind.Get, [1], 20);
        tape.Append(StepKind.Get, [2], 40);
        Assert.Equal(0, tape.Distance(1, 0));
        Assert.Equal(20, tape.Distance(1, 1));
        Assert.Equal(60, tape.Distance(1, 2));
        Assert.Equal(70, tape.Distance(1, 3));
        Assert.Equal(40, tape.Distance(2, 1));
        Assert.Equal(50, tape.Distance(2, 2));
    }

    [Fact]
    public void Encode_of_each_request_is_what_the_protocol_says()
    {
        var encoder = new ClassicEncoder();
        var room = new byte[200];
        Assert.Equal("get k1 k2\r\n", Text(room, encoder.Get(room, "k1k2"u8, 2)));
        Assert.Equal("set k1 5 60 3\r\nabc\r\n", Text(room, encoder.Set(room, "k1"u8, "abc"u8, 5, 60)));
        Assert.Equal("delete k1\r\n", Text(room, encoder.Delete(room, "k1"u8)));
        Assert.Equal("incr k1 1\r\n", Text(room, encoder.Increment(room, "k1"u8)));
        Assert.Equal("touch k1 9\r\n", Text(room, encoder.Touch(room, "k1"u8, 9)));
        Assert.Equal("gat 9 k1\r\n", Text(room, encoder.GetAndTouch(room, "k1"u8, 9)));
    }

    private static ReadOnlySpan<byte> All(Tape tape) => new(tape.At(0), (int)tape.Bytes);

    private static string Text(byte[] room, int length) => Encoding.ASCII.GetString(room, 0, length);
}
