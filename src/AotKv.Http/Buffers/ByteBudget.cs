namespace AotKv.Http.Buffers;

/// <summary>The bound on what all requests together hold outside of the managed heap.</summary>
internal sealed class ByteBudget
{
    private readonly long _limit;
    private long _used;

    public ByteBudget(long limit) => _limit = limit;

    public long Used => Volatile.Read(ref _used);

    /// <summary>Takes bytes; false when that would pass the bound, and then none were taken.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= _limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
