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
}
