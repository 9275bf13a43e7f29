using System.Diagnostics;
using System.Runtime.InteropServices;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Wire;

/// <summary>One request of a <see cref="Tape"/>.</summary>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="FirstKey">Where its keys begin in the tape's list of keys.</param>
/// <param name="KeyCount">How many keys it has.</param>
/// <param name="Kind">What it does.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct TapeEntry(uint Offset, uint FirstKey, ushort KeyCount, StepKind Kind);

/// <summary>
/// A run of requests, encoded before the clock runs: connections send stretches of it straight from its memory, and begin
/// again at the start when they come to its end. Read-only once made, so any number of threads may share it.
/// </summary>
public sealed unsafe class Tape : IDisposable
{
    private readonly TapeEntry[] _entries;
    private readonly uint[] _keys;
    private readonly int _maxRequests;
    private readonly long _capacity;
    private byte* _bytes;
    private int _count;
    private int _keyCount;

    /// <summary>Makes an empty tape.</summary>
    /// <param name="scenario">What the requests are drawn from.</param>
    /// <param name="values">The bytes of values; at least as long as the scenario's longest.</param>
    /// <param name="maxRequests">Most requests it will hold.</param>
    /// <param name="maxKeys">Most keys it will hold.</param>
    /// <param name="capacity">Most bytes it will hold, below 4 GB.</param>
    public Tape(Scenario scenario, ValuePool values, int maxRequests, int maxKeys, long capacity)
    {
        Scenario = scenario;
        Values = values;
        _maxRequests = maxRequests;
        _entries = new TapeEntry[maxRequests];
        _keys = new uint[maxKeys];
        _capacity = capacity;
        _bytes = (byte*)NativeMemory.AlignedAlloc((nuint)capacity, 4096);
    }

    /// <summary>What the requests are drawn from.</summary>
    public Scenario Scenario { get; }

    /// <summary>The bytes of values.</summary>
    public ValuePool Values { get; }

    /// <summary>How many requests it holds.</summary>
    public int Count => _count;

    /// <summary>How many bytes it holds.</summary>
    public uint Bytes { get; private set; }

    /// <summary>A request.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public ref readonly TapeEntry this[int index] => ref _entries[index];

    /// <summary>The number of a request's key.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="index">Which of its keys.</param>
    public uint Key(in TapeEntry entry, int index) => _keys[entry.FirstKey + (uint)index];

    /// <summary>
    /// Bytes from the start of one request to the start of another, going round the end of the tape when the second is not behind the
    /// first.
    /// </summary>
    /// <param name="from">The first request.</param>
    /// <param name="count">How many requests on, up to <see cref="Count"/>.</param>
    public long Distance(int from, int count)
    {
        Debug.Assert(count >= 0 && count <= _count, "a stretch goes round the tape at most once");
        if (count == 0)
        {
            return 0;
        }

        int to = from + count;
        if (to < _count)
        {
            return _entries[to].Offset - _entries[from].Offset;
        }

        long whole = Bytes - _entries[from].Offset;
        return to == _count ? whole : whole + _entries[to - _count].Offset;
    }

    /// <summary>The address of a byte.</summary>
    /// <param name="offset">0 to <see cref="Bytes"/> - 1.</param>
    public byte* At(uint offset) => _bytes + offset;

    /// <summary>Makes it empty again.</summary>
    public void Clear()
    {
        _count = 0;
        _keyCount = 0;
        Bytes = 0;
    }

    /// <summary>Whether another request fits.</summary>
    /// <param name="keys">Its keys.</param>
    /// <param name="maxBytes">Its bytes at most.</param>
    public bool Fits(int keys, int maxBytes) =>
        _count < _maxRequests && _keyCount + keys <= _keys.Length && Bytes + (long)maxBytes <= _capacity;

    /// <summary>The free room behind the last request, at most 2 GB of it.</summary>
    internal Span<byte> Room => new(_bytes + Bytes, (int)Math.Min(int.MaxValue, _capacity - Bytes));

    /// <summary>Takes in the request that was written at the front of <see cref="Room"/>.</summary>
    internal void Append(StepKind kind, ReadOnlySpan<uint> keys, int bytes)
    {
        _entries[_count++] = new TapeEntry(Bytes, (uint)_keyCount, (ushort)keys.Length, kind);
        keys.CopyTo(_keys.AsSpan(_keyCount));
        _keyCount += keys.Length;
        Bytes += (uint)bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
    }
}
