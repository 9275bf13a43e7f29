using System.Buffers.Text;
using AotKv.Engine;
using AotKv.Micro;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>
/// The engine's operations, 16-byte keys in random order, 100-byte values, in memory and in mapped files.
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
    private KeySet _keys = null!;
    private BenchStore _store = null!;
    private int _next;

    /// <summary>The working set.</summary>
    [Params(1_000, 1_000_000, 20_000_000)]
    public int Keys { get; set; }

    /// <summary>With a data directory.</summary>
    [Params(false, true)]
    public bool Mapped { get; set; }

    private Store Store => _store.Store;

    [GlobalSetup]
    public void Setup()
    {
        MakeEmpty();
        for (int i = 0; i < _keys.Count; i++)
        {
            Store.Put(Store.Key(_keys.Stored(i)), new PutRequest { Value = _value });
        }
    }

    [GlobalSetup(Target = nameof(Increment))]
    public void SetupNumbers()
    {
        MakeEmpty();
        Span<byte> digits = stackalloc byte[20];
        for (int i = 0; i < _keys.Count; i++)
        {
            Utf8Formatter.TryFormat(1_000_000_000u + (uint)i, digits, out int length);
            Store.Put(Store.Key(_keys.Stored(i)), new PutRequest { Value = digits[..length] });
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public long GetHit()
    {
        var reader = new CopyReader { Destination = _buffer };
        for (int i = Step(Operations); i < _next; i++)
        {
            Store.Read(Store.Key(_keys.Asked(i)), ref reader);
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
                _hashes[i] = Store.Key(_keys.Asked(start + i)).Hash;
                Store.PrefetchSlot(_hashes[i]);
            }

            for (int i = 0; i < BatchSize; i++)
            {
                Store.PrefetchRecord(_hashes[i]);
            }

            for (int i = 0; i < BatchSize; i++)
            {
                Store.Read(Store.Key(_keys.Asked(start + i)), ref reader);
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
            Store.Read(Store.Key(_keys.Absent(i)), ref reader);
        }

        return reader.Copied;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetOverwrite()
    {
        var put = new PutRequest { Value = _value };
        for (int i = Step(Operations); i < _next; i++)
        {
            Store.Put(Store.Key(_keys.Asked(i)), put);
        }
    }

    /// <summary>Both together: the store is after it as it was before.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public void SetNewThenDelete()
    {
        var put = new PutRequest { Value = _value };
        for (int i = Step(Operations); i < _next; i++)
        {
            ItemKey key = Store.Key(_keys.Absent(i));
            Store.Put(key, put);
            Store.Delete(key);
        }
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public ulong Increment()
    {
        ulong sum = 0;
        for (int i = Step(Operations); i < _next; i++)
        {
            sum += Store.Count(Store.Key(_keys.Asked(i)), 1, decrement: false).Number;
        }

        return sum;
    }

    /// <summary>A whole number of benchmark steps, so that the steps walk the set evenly.</summary>
    private void MakeEmpty()
    {
        _keys = new KeySet((Keys + 1007) / 1008 * 1008);
        _store = new BenchStore(_keys.Count, Mapped);
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
