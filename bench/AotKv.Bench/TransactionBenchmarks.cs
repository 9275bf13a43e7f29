using AotKv.Engine;
using AotKv.Engine.Transactions;
using AotKv.Micro;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>Transactions over keys in random order, 100-byte values: the time of a whole transaction, filling the batch included.</summary>
public class TransactionBenchmarks : IDisposable
{
    private const int ValueBytes = 100;

    private readonly byte[] _value = new byte[ValueBytes];
    private readonly StoreBatch _batch = new();
    private BenchStore _store = null!;
    private KeySet _keys = null!;
    private int _next;

    /// <summary>The working set.</summary>
    [Params(1_000, 1_000_000, 20_000_000)]
    public int Keys { get; set; }

    /// <summary>With a data directory.</summary>
    [Params(false, true)]
    public bool Mapped { get; set; }

    /// <summary>Keys of one transaction.</summary>
    [Params(1, 10, 100, 1000)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _keys = new KeySet(Keys);
        _store = new BenchStore(Keys, Mapped);
        for (int i = 0; i < Keys; i++)
        {
            _store.Store.Put(_store.Store.Key(_keys.Stored(i)), new PutRequest { Value = _value });
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _batch.Dispose();
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public StoreStatus Write()
    {
        _batch.Clear();
        for (int i = Step(); i < _next; i++)
        {
            _batch.Put(_store.Store.DefaultNamespace, _keys.Asked(i), new PutRequest { Value = _value });
        }

        return _store.Store.Run(_batch).Status;
    }

    [Benchmark]
    public StoreStatus Read()
    {
        _batch.Clear();
        for (int i = Step(); i < _next; i++)
        {
            _batch.Get(_store.Store.DefaultNamespace, _keys.Asked(i));
        }

        return _store.Store.Run(_batch).Status;
    }

    private int Step()
    {
        if (_next + Size > _keys.Count)
        {
            _keys.TurnOrder();
            _next = 0;
        }

        int first = _next;
        _next += Size;
        return first;
    }
}
