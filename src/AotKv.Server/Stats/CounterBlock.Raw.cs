using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AotKv.Server.Stats;

/// <summary>
/// The counters of one loop: written by it alone with plain additions, read by whoever sums. Relies on: the memory stays until
/// <see cref="Dispose"/>, which is called when the loop writes no more; it is aligned and padded so that no two loops share a
/// cache line; an aligned 64-bit load or store is whole on every CPU this runs on.
/// </summary>
internal sealed unsafe class CounterBlock : IDisposable
{
    private const int LineBytes = 128;

    private long* _values;

    public CounterBlock()
    {
        const int Bytes = (((int)Counter.Count * sizeof(long)) + LineBytes - 1) / LineBytes * LineBytes;
        _values = (long*)NativeMemory.AlignedAlloc(Bytes, LineBytes);
        NativeMemory.Clear(_values, Bytes);
    }

    /// <summary>Adds one. Owner only.</summary>
    public void Add(Counter counter) => Add(counter, 1);

    /// <summary>Adds. Owner only.</summary>
    public void Add(Counter counter, long amount)
    {
        Debug.Assert((uint)counter < (uint)Counter.Count && _values != null, "a counter of a live block");
        _values[(int)counter] += amount;
    }

    /// <summary>Adds all counters to a sum. Any thread, while the block lives.</summary>
    public void AddTo(Span<long> sum)
    {
        for (int i = 0; i < (int)Counter.Count; i++)
        {
            sum[i] += Volatile.Read(ref _values[i]);
        }
    }

    /// <summary>One counter. Owner only.</summary>
    public long Get(Counter counter) => _values[(int)counter];

    /// <summary>Copies all counters. Owner only.</summary>
    public void CopyTo(Span<long> values) => new ReadOnlySpan<long>(_values, (int)Counter.Count).CopyTo(values);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_values);
        _values = null;
    }
}
