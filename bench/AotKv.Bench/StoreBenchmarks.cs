using System.Buffers.Text;
using System.Collections.Concurrent;
using AotKv.Engine;
using AotKv.Micro;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>
/// The engine's operations, 16-byte keys in random order, 100-byte values; and the same of
/// <see cref="ConcurrentDictionary{TKey, TValue}"/>, which has no memory limit, no expiry and no revisions.
/// Just-in-time figures: the native ones are perf/AotKv.Micro's.
/// </summary>
public class StoreBenchmarks : IDisposable
{
    private const int Operations = 1000;
    private const int BatchSize = 16;
    private const int Batches = 1008 / BatchSize;
    private const int ValueBytes = 100;

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly byte[] _buffer = new byte[ValueBytes];
    private readonly ulong[] _hashes = new ulong[BatchSize];
    private ConcurrentDictionary<byte[], byte[]> _dictionary = null!;
    private KeySet _keys = null!;
    private Store _store = null!;
    private Store _numbers = null!;
    private int _next;

    /// <summary>The working set.</summary>
    [Params(1_000, 1_000_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // A whole number of benchmark steps, so that the steps walk the set evenly.
        _keys = new KeySet((Keys + 1007) / 1008 * 1008);
        var options = new StoreOptions { MemoryLimitBytes = Math.Max(64L << 20, Keys * 600L), HashSeed = 1 };
        _store = new Store(options);
        _numbers = new Store(options);
        _dictionary = new ConcurrentDictionary<byte[], byte[]>(new BytesComparer());
        Span<byte> digits = stackalloc byte[20];
        for (int i = 0; i < _keys.Count; i++)
        {
            ReadOnlySpan<byte> key = _keys.Stored(i);
            Utf8Formatter.TryFormat(1_000_000_000u + (uint)i, digits, out int length);
            _store.Put(_store.Key(key), new PutRequest { Value = _value });
            _numbers.Put(_numbers.Key(key), new PutRequest { Value = digits[..length] });
            _dictionary[key.ToArray()] = _value.AsSpan().ToArray();
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _store.Dispose();
        _numbers.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public long GetHit()
    {
        var reader = new CopyReader { Destination = _buffer };
        for (int i = Step(Operations); i < _next; i++)
        {
            _store.Read(_store.Key(_keys.Asked(i)), ref reader);
        }

        return reader.Copied;
    }

    [Benchmark(OperationsPerInvoke = Batches * BatchSize)]
    public long MultiGetOf16()
    {
        var reader = new CopyReader { Destination = _buffer };
        for (int start = Step(Batches * BatchSize); start < _next; start += BatchSize)
        {
            for (int i = 0; i < BatchSize; i++)
            {
                _hashes[i] = _store.Key(_keys.Asked(start + i)).Hash;
                _store.PrefetchSlot(_hashes[i]);
            }

            for (int i = 0; i < BatchSize; i++)
            {
                _store.PrefetchRecord(_hashes[i]);
            }

            for (int i = 0; i < BatchSize; i++)
            {
                _store.Read(_store.Key(_keys.Asked(start + i)), ref reader);
            }
        }

        return reader.Copied;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public long GetMiss()
    {
        var reader = new CopyReader { Destination = _buffer };
        for (int i = Step(Operations); i < _next; i++)
        {
            _store.Read(_store.Key(_keys.Absent(i)), ref reader);
        }

        return reader.Copied;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetOverwrite()
    {
        var put = new PutRequest { Value = _value };
        for (int i = Step(Operations); i < _next; i++)
        {
            _store.Put(_store.Key(_keys.Asked(i)), put);
        }
    }

    /// <summary>Both together: the store is after it as it was before.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetNewThenDelete()
    {
        var put = new PutRequest { Value = _value };
        for (int i = Step(Operations); i < _next; i++)
        {
            ItemKey key = _store.Key(_keys.Absent(i));
            _store.Put(key, put);
            _store.Delete(key);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public ulong Increment()
    {
        ulong sum = 0;
        for (int i = Step(Operations); i < _next; i++)
        {
            sum += _numbers.Count(_numbers.Key(_keys.Asked(i)), 1, decrement: false).Number;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public int DictionaryGetHit()
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
    public int DictionaryGetMiss()
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
    public void DictionarySetOverwrite()
    {
        var bySpan = _dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = Step(Operations); i < _next; i++)
        {
            bySpan[_keys.Asked(i)] = _value.AsSpan().ToArray();
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void DictionarySetNewThenDelete()
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

    private struct CopyReader : IItemReader
    {
        public byte[] Destination;
        public long Copied;

        public void Read(in Item item)
        {
            item.Value.CopyTo(Destination);
            Copied += item.Value.Length;
        }
    }
}
