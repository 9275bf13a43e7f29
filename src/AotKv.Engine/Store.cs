namespace AotKv.Engine;

/// <summary>
/// A key-value store in native memory: a log of records in segments with a striped index over it. All operations may be
/// called from any thread at once. Nothing on the way of an operation allocates managed memory or throws for bad data.
/// </summary>
public sealed partial class Store : IDisposable
{
    /// <summary>Opens an empty store.</summary>
    /// <param name="options">Limits and seams.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Store(StoreOptions options) => throw new NotSupportedException();

    /// <summary>The clock that decides what has expired.</summary>
    public Clock Clock => throw new NotSupportedException();

    /// <summary>Hashes a key for the operations below.</summary>
    /// <param name="key">1 to 65,535 bytes.</param>
    public ItemKey Key(ReadOnlySpan<byte> key) => throw new NotSupportedException();

    /// <summary>Asks the processor to fetch the place in the index where the key's slot is. First step of a batch.</summary>
    /// <param name="hash">The key's hash.</param>
    public void PrefetchSlot(ulong hash) => throw new NotSupportedException();

    /// <summary>Asks the processor to fetch the key's record. Second step of a batch, after all slots were asked for.</summary>
    /// <param name="hash">The key's hash.</param>
    public void PrefetchRecord(ulong hash) => throw new NotSupportedException();

    /// <summary>Reads an item.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reader">Called with the item when it is there.</param>
    /// <returns>Ok or NotFound with the reason.</returns>
    public Outcome Read<TReader>(in ItemKey key, ref TReader reader)
        where TReader : struct, IItemReader, allows ref struct => throw new NotSupportedException();

    /// <summary>Reads an item and gives it a new expiry time; its revision stays.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <param name="reader">Called with the item, expiry already changed, when it is there.</param>
    /// <returns>Ok, NotFound with the reason, or NoMemory (the item is unchanged).</returns>
    public Outcome ReadAndTouch<TReader>(in ItemKey key, long expiryMilliseconds, ref TReader reader)
        where TReader : struct, IItemReader, allows ref struct => throw new NotSupportedException();

    /// <summary>Gives an item a new expiry time; its revision stays.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <returns>Ok, NotFound with the reason, or NoMemory (the item is unchanged).</returns>
    public Outcome Touch(in ItemKey key, long expiryMilliseconds) => throw new NotSupportedException();

    /// <summary>Stores an item under the conditions of the request.</summary>
    /// <param name="key">The key.</param>
    /// <param name="put">Value, mode and conditions.</param>
    /// <returns>Ok with the new revision, NotStored, NotFound, Exists, TooLarge or NoMemory.</returns>
    public Outcome Put(in ItemKey key, in PutRequest put) => throw new NotSupportedException();

    /// <summary>Deletes an item.</summary>
    /// <param name="key">The key.</param>
    /// <param name="compare">The revision it must have; 0 any.</param>
    /// <returns>Ok, NotFound with the reason, or Exists.</returns>
    public Outcome Delete(in ItemKey key, ulong compare = 0) => throw new NotSupportedException();

    /// <summary>
    /// Adds to, or takes from, a value that is an unsigned decimal number, as memcached does: adding wraps at 2^64, taking stops at 0,
    /// and a result shorter than the old text keeps the old length, filled with spaces on the right.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="delta">How much.</param>
    /// <param name="decrement">Take instead of add.</param>
    /// <param name="compare">The revision it must have; 0 any.</param>
    /// <returns>Ok with the new number and revision, NotFound with the reason, Exists, NotNumeric or NoMemory.</returns>
    public Outcome Count(in ItemKey key, ulong delta, bool decrement, ulong compare = 0) => throw new NotSupportedException();

    /// <summary>
    /// Makes every item stored up to a moment invisible at that moment. A later flush replaces one that is still to come.
    /// </summary>
    /// <param name="atMicroseconds">When, microseconds since 1970 (UTC); a time that has passed, or 0, means now.</param>
    public void Flush(long atMicroseconds = 0) => throw new NotSupportedException();

    /// <summary>The store's figures.</summary>
    public StoreStatistics Statistics() => throw new NotSupportedException();

    /// <summary>Sets the counters of <see cref="Statistics"/> to zero.</summary>
    public void ResetStatistics() => throw new NotSupportedException();

    /// <summary>Gives all memory back.</summary>
    public void Dispose() => throw new NotSupportedException();
}
