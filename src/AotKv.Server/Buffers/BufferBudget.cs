namespace AotKv.Server.Buffers;

/// <summary>
/// The bound on the memory that the buffers of all connections take together: unfinished requests, large uploads, and
/// replies a client has not read yet. It is asked when memory is taken from the system, not for each use of a pooled block.
/// </summary>
internal sealed class BufferBudget
{
    private long _used;

    public BufferBudget(long limitBytes) => LimitBytes = limitBytes;

    /// <summary>The bound in bytes.</summary>
    public long LimitBytes { get; }

    /// <summary>Bytes taken at this moment.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Takes memory out of the budget; false when it would pass the bound, and then nothing was taken.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= LimitBytes)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives memory back.</summary>
    public void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
