using AotKv.Engine.Feed;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>Opens a reader of everything that changes after a revision.</summary>
    /// <param name="after">
    /// 0 for everything; <see cref="LastRevision"/> for what comes from now on; what another reader has come to, to go on there. A
    /// durable store's feed goes on over a restart.
    /// </param>
    /// <exception cref="InvalidOperationException">The store was opened without <see cref="StoreOptions.KeepsFeed"/>.</exception>
    public StoreFeed OpenFeed(ulong after) =>
        _feed != null ? new StoreFeed(_feed, after) : throw new InvalidOperationException($"the store was opened without {nameof(StoreOptions.KeepsFeed)}");

    /// <summary>Waits until something was written that a reader of the feed has not seen: one thread may wait so for many readers.</summary>
    /// <param name="seen">The store's last revision as the caller knows it.</param>
    /// <param name="timeout">How long to wait at most; negative for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the time was up.</returns>
    /// <exception cref="InvalidOperationException">The store was opened without <see cref="StoreOptions.KeepsFeed"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool WaitForChange(ulong seen, TimeSpan timeout, CancellationToken cancellation = default) =>
        _feed != null
            ? _feed.Wait(seen, timeout, cancellation)
            : throw new InvalidOperationException($"the store was opened without {nameof(StoreOptions.KeepsFeed)}");
}
