using System.Buffers;
using AotKv.Engine;
using AotKv.Engine.Transactions;

namespace AotKv.Http.Execute;

/// <summary>What a transaction needs while it is worked on; kept from one request to the next.</summary>
internal sealed class ExecuteWork : IDisposable
{
    public ExecuteWork(Store store) => Request = new(store);

    public ExecuteRequest Request { get; }

    public StoreBatch Batch { get; } = new();

    /// <summary>The reply.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(1024);

    public void Clear()
    {
        Request.Clear();
        Batch.Clear();
        Output.ResetWrittenCount();
    }

    public void Dispose()
    {
        Request.Dispose();
        Batch.Dispose();
    }
}

/// <summary>Some <see cref="ExecuteWork"/> to use again. What has grown large is given up instead.</summary>
internal sealed class ExecutePool
{
    private const int MostKept = 16;
    private const int MostCommandsKept = 4096;
    private const long MostBytesKept = 256 << 10;

    private readonly ExecuteWork?[] _free = new ExecuteWork?[MostKept];

    /// <summary>An empty one.</summary>
    /// <param name="store">The one store of the door.</param>
    public ExecuteWork Rent(Store store)
    {
        for (int i = 0; i < _free.Length; i++)
        {
            if (Volatile.Read(ref _free[i]) != null && Interlocked.Exchange(ref _free[i], null) is { } work)
            {
                return work;
            }
        }

        return new ExecuteWork(store);
    }

    /// <summary>Takes one back.</summary>
    /// <param name="work">It.</param>
    /// <param name="bodyBytes">How long the request was.</param>
    public void Return(ExecuteWork work, long bodyBytes)
    {
        bool isSmall = bodyBytes <= MostBytesKept && work.Output.Capacity <= MostBytesKept && work.Request.Count <= MostCommandsKept;
        work.Clear();
        for (int i = 0; i < _free.Length && isSmall; i++)
        {
            if (Volatile.Read(ref _free[i]) == null && Interlocked.CompareExchange(ref _free[i], work, null) == null)
            {
                return;
            }
        }

        work.Dispose();
    }
}
