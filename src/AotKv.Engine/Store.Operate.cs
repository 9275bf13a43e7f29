namespace AotKv.Engine;

/// <content>What an operator may ask of a running store.</content>
public sealed unsafe partial class Store
{
    /// <summary>How many times its first memory limit a store can be given: there are segment ids for that many.</summary>
    internal const int MaxLimitGrowth = 8;

    /// <summary>A sweep that <see cref="Sweep"/> asked for is not done yet.</summary>
    public bool IsSweeping => _maintenance.IsSweepAsked;

    /// <summary>
    /// Asks for a sweep now: what has expired or was flushed is removed in the background, in steps, without waiting for the moment the
    /// store would choose itself.
    /// </summary>
    public void Sweep() => _maintenance.AskForSweep();

    /// <summary>
    /// Sets the memory limit anew. A higher one is there at once; what is over a lower one is evicted, or cleaned out, in the background.
    /// </summary>
    /// <param name="bytes">1 MiB, and twice the largest item, to eight times the limit the store was made with.</param>
    /// <returns>False when the limit is out of that range; nothing has changed then.</returns>
    public bool TrySetMemoryLimit(long bytes)
    {
        long least = Math.Max(StoreOptions.MinMemoryLimitBytes, 2 * _options.MaxItemBytes);
        long most = Math.Min(StoreOptions.MaxMemoryLimitBytes, MaxLimitGrowth * _options.MemoryLimitBytes);
        if (bytes < least || bytes > most)
        {
            return false;
        }

        _pool.SetBudget(bytes);
        _maintenance.Signal();
        return true;
    }
}
