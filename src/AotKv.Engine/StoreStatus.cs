namespace AotKv.Engine;

/// <summary>How an operation ended.</summary>
public enum StoreStatus : byte
{
    /// <summary>Done: stored, read, deleted, touched or counted.</summary>
    Ok,

    /// <summary>The key is not there (absent, expired or flushed).</summary>
    NotFound,

    /// <summary>The mode forbids it: add of a present key, replace, append or prepend of an absent one.</summary>
    NotStored,

    /// <summary>The item's revision is not the one that was asked for.</summary>
    Exists,

    /// <summary>Arithmetic on a value that is not an unsigned 64-bit decimal number.</summary>
    NotNumeric,

    /// <summary>The item would be larger than <see cref="StoreOptions.MaxItemBytes"/>.</summary>
    TooLarge,

    /// <summary>No memory is left and nothing may be evicted.</summary>
    NoMemory,

    /// <summary>The log could not be written to disk: the store accepts no writes any more (reads go on).</summary>
    Failed,

    /// <summary>The key's namespace was dropped.</summary>
    NamespaceDropped,
}
