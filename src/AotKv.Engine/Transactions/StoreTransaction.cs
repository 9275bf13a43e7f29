using AotKv.Engine.Namespaces;

namespace AotKv.Engine.Transactions;

/// <summary>
/// A transaction that is written while it reads: reads go to the store, writes are kept back, and <see cref="Commit"/> makes them all
/// happen at once if nothing that was read has changed since. Nobody is locked out meanwhile; whoever loses tries again. One thread at a
/// time.
/// </summary>
/// <remarks>
/// Optimistic validation (Kung and Robinson, 1981): committed transactions are strictly serialisable. What a transaction reads
/// before a commit that fails need not fit together, so decide nothing outside of it before the commit is done.
/// </remarks>
public sealed class StoreTransaction : IDisposable
{
    private readonly Store _store;
    private readonly StoreBatch _batch = new();
    private readonly StoreBatch _read = new();
    private readonly Dictionary<(uint Namespace, KeyBytes Key), Entry> _entries = [];

    /// <summary>Begins a transaction.</summary>
    /// <param name="store">The store.</param>
    public StoreTransaction(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
    }

    /// <summary>Reads a key: what this transaction has written, or else what the store has, which then must stay so until the commit.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <returns>The value; null when there is none.</returns>
    public byte[]? Get(StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(ns);
        (uint, KeyBytes) at = (ns.Number, new KeyBytes(key.ToArray()));
        if (_entries.TryGetValue(at, out Entry? entry))
        {
            return entry.Value;
        }

        _read.Clear();
        _read.Get(ns, key);
        _ = _store.Run(_read);
        CommandResult result = _read.Results[0];
        entry = new Entry { Namespace = ns, IsRead = true };
        if (result.Status == StoreStatus.Ok)
        {
            entry.Value = _read.ValueOf(0).ToArray();
            entry.Cas = result.Cas;
        }

        _entries.Add(at, entry);
        return entry.Value;
    }

    /// <summary>Stores a value when the transaction is committed.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="clientFlags">The client's flags.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    public void Put(StoreNamespace ns, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint clientFlags = 0, long expiryMilliseconds = 0)
    {
        Entry entry = Touch(ns, key);
        entry.Value = value.ToArray();
        entry.ClientFlags = clientFlags;
        entry.ExpiryMilliseconds = expiryMilliseconds;
    }

    /// <summary>Deletes a key when the transaction is committed; one that is not there is no error.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    public void Delete(StoreNamespace ns, ReadOnlySpan<byte> key) => Touch(ns, key).Value = null;

    /// <summary>Makes all writes happen at once, if everything that was read is still as it was.</summary>
    /// <returns>
    /// Ok with the revision of the writes (0 when there were none); Exists or NotFound when something has changed: begin again
    /// with a new transaction; TooLarge, NamespaceDropped, NoMemory or Failed when the writes cannot be done.
    /// </returns>
    public BatchOutcome Commit()
    {
        _batch.Clear();
        foreach (((_, KeyBytes key), Entry entry) in _entries)
        {
            if (entry.IsRead)
            {
                _ = entry.Cas != 0 ? _batch.Require(entry.Namespace, key.Span, entry.Cas) : _batch.RequireAbsent(entry.Namespace, key.Span);
            }
        }

        foreach (((_, KeyBytes key), Entry entry) in _entries)
        {
            if (entry.IsWritten && entry.Value == null)
            {
                _ = _batch.Delete(entry.Namespace, key.Span);
            }
            else if (entry.IsWritten)
            {
                var put = new PutRequest { Value = entry.Value, ClientFlags = entry.ClientFlags, ExpiryMilliseconds = entry.ExpiryMilliseconds };
                _ = _batch.Put(entry.Namespace, key.Span, put, isRequired: true);
            }
        }

        return _store.Run(_batch);
    }

    /// <summary>Forgets everything read and written, to begin again.</summary>
    public void Clear() => _entries.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _read.Dispose();
    }

    private Entry Touch(StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(ns);
        (uint, KeyBytes) at = (ns.Number, new KeyBytes(key.ToArray()));
        if (!_entries.TryGetValue(at, out Entry? entry))
        {
            _entries.Add(at, entry = new Entry { Namespace = ns });
        }

        entry.IsWritten = true;
        return entry;
    }

    private sealed class Entry
    {
        public required StoreNamespace Namespace { get; init; }

        public byte[]? Value { get; set; }

        /// <summary>What the item's CAS id was; 0 when there was none.</summary>
        public ulong Cas { get; set; }

        public uint ClientFlags { get; set; }

        public long ExpiryMilliseconds { get; set; }

        public bool IsRead { get; init; }

        public bool IsWritten { get; set; }
    }

    /// <summary>A key that is compared by its bytes.</summary>
    private readonly struct KeyBytes(byte[] bytes) : IEquatable<KeyBytes>
    {
        public ReadOnlySpan<byte> Span => bytes;

        public bool Equals(KeyBytes other) => Span.SequenceEqual(other.Span);

        public override bool Equals(object? obj) => obj is KeyBytes other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
