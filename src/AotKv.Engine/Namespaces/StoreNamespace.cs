namespace AotKv.Engine.Namespaces;

/// <summary>A set of keys with its own counts, which can be emptied or dropped at once. Number 0 is the default one.</summary>
public sealed class StoreNamespace
{
    private long _items;
    private long _bytes;
    private ulong _flushedRevision;
    private bool _isDropped;

    internal StoreNamespace(uint number, string name)
    {
        Number = number;
        Name = name;

        // Spreads the number over the hash, so that equal keys of different namespaces land in different places.
        HashSalt = number * 0x9e3779b97f4a7c15;
        HashSalt ^= HashSalt >> 29;
    }

    /// <summary>The number in keys and records; never used for another namespace.</summary>
    public uint Number { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whether it was dropped: nothing can be stored in it any more.</summary>
    public bool IsDropped => Volatile.Read(ref _isDropped);

    /// <summary>Items in it (expired ones that nobody has met yet included). Of the default namespace see the store's statistics.</summary>
    public long Items => Interlocked.Read(ref _items);

    /// <summary>Bytes of their records.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    internal ulong HashSalt { get; }

    /// <summary>Items up to this revision are invisible. Written with every stripe locked.</summary>
    internal ulong FlushedRevision => Volatile.Read(ref _flushedRevision);

    /// <summary>The revision of the log's record that says what this namespace is.</summary>
    internal ulong StateRevision { get; set; }

    /// <summary>A flush that the log speaks of and that is still to come, microseconds since 1970 (UTC); 0 none. As recovery found it.</summary>
    internal long FlushAtMicroseconds { get; set; }

    internal NamespaceState State => new(FlushedRevision, IsDropped, Name);

    internal void Count(long items, long bytes)
    {
        Interlocked.Add(ref _items, items);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>Everything in it becomes invisible. Every stripe is locked.</summary>
    internal void Empty(ulong flushedRevision, bool drop)
    {
        Volatile.Write(ref _flushedRevision, flushedRevision);
        Volatile.Write(ref _isDropped, drop);
        Interlocked.Exchange(ref _items, 0);
        Interlocked.Exchange(ref _bytes, 0);
    }
}
