namespace AotKv.Perf.Wire;

/// <summary>Writes the requests of one protocol. Used before the clock runs; every method returns the bytes written.</summary>
public interface IRequestEncoder
{
    /// <summary>The most bytes a request takes.</summary>
    /// <param name="keys">Keys in it.</param>
    /// <param name="keyBytes">Length of a key.</param>
    /// <param name="valueBytes">Length of the value.</param>
    int MaxBytes(int keys, int keyBytes, int valueBytes);

    /// <summary>A read.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="keys">The keys, one behind the other without anything between.</param>
    /// <param name="keyBytes">Length of each.</param>
    int Get(Span<byte> destination, ReadOnlySpan<byte> keys, int keyBytes);

    /// <summary>An unconditional store.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="clientFlags">Client flags.</param>
    /// <param name="ttlSeconds">Time to live; 0 for ever.</param>
    int Set(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint clientFlags, int ttlSeconds);

    /// <summary>A delete.</summary>
    int Delete(Span<byte> destination, ReadOnlySpan<byte> key);

    /// <summary>Adds 1.</summary>
    int Increment(Span<byte> destination, ReadOnlySpan<byte> key);

    /// <summary>A new time to live.</summary>
    int Touch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds);

    /// <summary>A read with a new time to live.</summary>
    int GetAndTouch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds);
}
