using System.Collections.Concurrent;
using AotKv.Engine.Transactions;

namespace AotKv.Http.Buffers;

/// <summary>Batches to use again. Those that have grown large are given up instead.</summary>
internal sealed class BatchPool
{
    private const int MostKept = 16;
    private const long MostBytesKept = 256 << 10;

    private readonly ConcurrentBag<StoreBatch> _free = [];

    public StoreBatch Rent() => _free.TryTake(out StoreBatch? batch) ? batch : new StoreBatch();

    /// <summary>Takes a batch back.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="bytes">About what went through it.</param>
    public void Return(StoreBatch batch, long bytes)
    {
        batch.Clear();
        if (bytes > MostBytesKept || _free.Count >= MostKept)
        {
            batch.Dispose();
        }
        else
        {
            _free.Add(batch);
        }
    }
}
