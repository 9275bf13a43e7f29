using AotKv.Engine;
using AotKv.Engine.Transactions;
using AotKv.Micro;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>
/// memstore's own benchmark on the engine's transactions: gets that hit and sets, of the same key and of various ones. The time is that of a whole
/// transaction, filling the batch included: divided by its size it is held against 100 ns for a get and 200 ns for a set.
/// </summary>
public class TransactionMatrixBenchmarks : IDisposable
{
    private readonly StoreBatch _batch = new();
    private readonly TransactionWords _words = new();
    private Store _store = null!;

    /// <summary>Commands of one transaction.</summary>
    [Params(1, 10, 100, 1000, 10_000)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _store = new Store(new StoreOptions { HashSeed = 1 });
        _words.Store(_store);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _batch.Dispose();
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public StoreStatus GetSame() => Run(TransactionKind.GetSame);

    [Benchmark]
    public StoreStatus SetSame() => Run(TransactionKind.SetSame);

    [Benchmark]
    public StoreStatus GetVarious() => Run(TransactionKind.GetVarious);

    [Benchmark]
    public StoreStatus SetVarious() => Run(TransactionKind.SetVarious);

    private StoreStatus Run(TransactionKind kind)
    {
        _words.Fill(_batch, _store.DefaultNamespace, kind, Size);
        return _store.Run(_batch).Status;
    }
}
