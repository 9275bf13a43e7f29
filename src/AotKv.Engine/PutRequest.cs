namespace AotKv.Engine;

/// <summary>A conditional store of one item.</summary>
public ref struct PutRequest
{
    /// <summary>The bytes to store, or to append or prepend.</summary>
    public ReadOnlySpan<byte> Value;

    /// <summary>When the item expires, milliseconds since 1970 (UTC); 0 never; a time that has passed stores an item nobody sees.</summary>
    public long ExpiryMilliseconds;

    /// <summary>The revision the present item must have when <see cref="HasCompare"/> is set.</summary>
    public ulong Compare;

    /// <summary>Opaque to the store; kept with the item.</summary>
    public uint ClientFlags;

    /// <summary>What to do when the key is, or is not, present.</summary>
    public StoreMode Mode;

    /// <summary>Store only when the present item's revision is <see cref="Compare"/>: a miss is NotFound, another revision Exists.</summary>
    public bool HasCompare;
}
