namespace AotKv.Engine;

/// <summary>Why the store removed an item that no client deleted.</summary>
public enum RemovalReason : byte
{
    /// <summary>It was live, and its memory was needed.</summary>
    Evicted,

    /// <summary>Its time had passed, and somebody met it.</summary>
    Expired,

    /// <summary>Its time had passed, or it was flushed, and the sweeper, which looks for such items, found it.</summary>
    Swept,
}

/// <summary>Is told of what the store does on its own.</summary>
public interface IStoreObserver
{
    /// <summary>
    /// An item is about to go. Called on any thread with the key's stripe locked: it must not throw, block, or call the store.
    /// </summary>
    /// <param name="item">The item; its spans are valid only during the call.</param>
    /// <param name="reason">Why.</param>
    void Removed(in Item item, RemovalReason reason);
}
