using System.Collections.Concurrent;
using AotKv.Micro;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>
/// What .NET brings, beside the engine: <see cref="ConcurrentDictionary{TKey, TValue}"/> from byte-array keys to byte-array values. It has no
/// memory limit, no expiry and no revisions, and every item is two objects for the collector.
/// </summary>
public class DictionaryBenchmarks
{
    private const int Operations = 1000;
    private const int ValueBytes = 100;

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly byte[] _buffer = new byte[ValueBytes];
    private ConcurrentDictionary<byte[], byte[]> _dictionary = null!;
    private KeySet _keys = null!;
    private int _next;

    /// <summary>The working set.</summary>
    [Params(1_000, 1_000_000, 20_000_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _keys = new KeySet((Keys + 1007) / 1008 * 1008);
        _dictionary = new ConcurrentDictionary<byte[], byte[]>(new BytesComparer());
        for (int i = 0; i < _keys.Count; i++)
        {
            _dictionary[_keys.Stored(i).ToArray()] = _value.AsSpan().ToArray();
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public int GetHit()
    {
        var bySpan = _dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        int found = 0;
        for (int i = Step(Operations); i < _next; i++)
        {
            if (bySpan.TryGetValue(_keys.Asked(i), out byte[]? value))
            {
                value.CopyTo(_buffer, 0);
                found++;
            }
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public int GetMiss()
    {
        var bySpan = _dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        int found = 0;
        for (int i = Step(Operations); i < _next; i++)
        {
            found += bySpan.ContainsKey(_keys.Absent(i)) ? 1 : 0;
        }

        return found;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetOverwrite()
    {
        var bySpan = _dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = Step(Operations); i < _next; i++)
        {
            bySpan[_keys.Asked(i)] = _value.AsSpan().ToArray();
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetNewThenDelete()
    {
        var bySpan = _dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = Step(Operations); i < _next; i++)
        {
            bySpan[_keys.Absent(i)] = _value.AsSpan().ToArray();
            bySpan.TryRemove(_keys.Absent(i), out _);
        }
    }

    /// <summary>Goes on by so many keys: they run from the returned index to <c>_next</c>.</summary>
    private int Step(int keys)
    {
        if (_next + keys > _keys.Count)
        {
            // Overwrites leave the records in the order of this round; the next one must not walk them in order.
            _keys.TurnOrder();
            _next = 0;
        }

        int first = _next;
        _next += keys;
        return first;
    }
}
