// Relies on: a line is eight slots in one cache line of the memtable.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotKv.Engine.Memtable;

/// <summary>
/// Looks for a tag in all eight slots of a line at once: a loop that ends at the first match costs a mispredicted branch in every search,
/// because the place in the line is random.
/// </summary>
internal static unsafe class SlotLine
{
    /// <summary>The number of the lowest bit set, for each of the 256 answers of <see cref="Match"/> (by table: not every x64 has an instruction for it).</summary>
    private static ReadOnlySpan<byte> FirstBit =>
    [
        0, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        5, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        6, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        5, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        7, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        5, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        6, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
        5, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, 4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0,
    ];

    /// <summary>Which slots of a line have a tag: bit i for slot i. Tag 0 finds empty slots too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Match(ulong* line, uint tag)
    {
        if (!Sse2.IsSupported)
        {
            return MatchPortable(line, tag);
        }

        const byte upperHalves = 0b11_01_11_01;
        Vector128<int> wanted = Vector128.Create((int)tag << (Slot.TagShift - 32));
        Vector128<int> bits = Vector128.Create(-1 << (Slot.TagShift - 32));
        Vector128<float> first = Sse.Shuffle(Vector128.Load((float*)line), Vector128.Load((float*)(line + 2)), upperHalves);
        Vector128<float> second = Sse.Shuffle(Vector128.Load((float*)(line + 4)), Vector128.Load((float*)(line + 6)), upperHalves);
        Vector128<int> isFirst = Sse2.CompareEqual(first.AsInt32() & bits, wanted);
        Vector128<int> isSecond = Sse2.CompareEqual(second.AsInt32() & bits, wanted);
        Vector128<short> both = Sse2.PackSignedSaturate(isFirst, isSecond);
        return (uint)Sse2.MoveMask(Sse2.PackSignedSaturate(both, Vector128<short>.Zero));
    }

    /// <summary>The same, a slot at a time.</summary>
    public static uint MatchPortable(ulong* line, uint tag)
    {
        uint matches = 0;
        for (int i = 0; i < Memtable.LineSlots; i++)
        {
            matches |= ((uint)(line[i] >> Slot.TagShift) == tag ? 1u : 0u) << i;
        }

        return matches;
    }

    /// <summary>The first of some matches.</summary>
    /// <param name="matches">At least one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int First(uint matches) => FirstBit[(byte)matches];
}
