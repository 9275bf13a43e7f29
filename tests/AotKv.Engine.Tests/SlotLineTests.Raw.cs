// Relies on: eight slots on the stack, which is what both searches read.
using AotKv.Engine.Memtable;

namespace AotKv.Engine.Tests;

public sealed unsafe class SlotLineTests
{
    [Fact]
    public void Match_random_lines_finds_what_the_portable_search_finds()
    {
        var random = new Random(71);
        ulong* line = stackalloc ulong[8];
        for (int round = 0; round < 20_000; round++)
        {
            uint tag = round % 5 == 0 ? 0 : (uint)random.Next(1 << Slot.TagBits);
            for (int i = 0; i < 8; i++)
            {
                ulong rest = (ulong)random.NextInt64(1L << Slot.TagShift);
                uint other = random.Next(3) switch { 0 => tag, 1 => tag ^ (1u << random.Next(Slot.TagBits)), _ => (uint)random.Next(1 << Slot.TagBits) };
                line[i] = random.Next(4) == 0 ? 0 : ((ulong)other << Slot.TagShift) | rest;
            }

            uint expected = 0;
            for (int i = 0; i < 8; i++)
            {
                expected |= line[i] >> Slot.TagShift == tag ? 1u << i : 0;
            }

            Assert.Equal(expected, SlotLine.Match(line, tag));
            Assert.Equal(expected, SlotLine.MatchPortable(line, tag));
        }
    }

    [Fact]
    public void First_every_answer_names_its_lowest_bit()
    {
        for (uint matches = 1; matches < 256; matches++)
        {
            Assert.Equal(System.Numerics.BitOperations.TrailingZeroCount(matches), SlotLine.First(matches));
        }
    }
}
