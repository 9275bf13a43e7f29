namespace AotKv.Engine;

/// <summary>
/// Takes what it needs from an item while the item cannot change. Implement it as a struct: the call is then inlined.
/// </summary>
public interface IItemReader
{
    /// <summary>
    /// Called at most once, with the key's stripe locked: copy and return. It must not throw, block, or call the store.
    /// </summary>
    /// <param name="item">The item; its spans are valid only during the call.</param>
    void Read(in Item item);
}

/// <summary>Takes items of a scan until it has enough. Implement it as a struct.</summary>
public interface IScanReader : IItemReader
{
    /// <summary>Whether it wants no more items. Asked after each of them.</summary>
    bool IsFull { get; }
}
