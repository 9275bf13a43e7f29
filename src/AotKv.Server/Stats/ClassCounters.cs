using AotKv.Engine;

namespace AotKv.Server.Stats;

/// <summary>What happened to the items of each of memcached's slab classes without a client asking for it. Any thread.</summary>
internal sealed class ClassCounters
{
    private readonly Entry[] _entries = new Entry[SlabClasses.Limit];

    /// <summary>Counts a removed item.</summary>
    /// <param name="id">The item's class.</param>
    /// <param name="item">The item.</param>
    /// <param name="reason">Why it goes.</param>
    /// <param name="idleSeconds">How long nobody had read it.</param>
    public void Count(int id, in Item item, RemovalReason reason, long idleSeconds)
    {
        ref Entry entry = ref _entries[id];
        if (reason == RemovalReason.Evicted)
        {
            Interlocked.Increment(ref entry.Evicted);
            Interlocked.Add(ref entry.EvictedWithExpiry, item.ExpiryMilliseconds != 0 ? 1 : 0);
            Interlocked.Add(ref entry.EvictedUnread, item.WasFetched ? 0 : 1);
            Volatile.Write(ref entry.LastEvictedIdleSeconds, idleSeconds);
            return;
        }

        Interlocked.Increment(ref reason == RemovalReason.Swept ? ref entry.Swept : ref entry.Expired);
        Interlocked.Add(ref entry.ExpiredUnread, item.WasFetched ? 0 : 1);
    }

    /// <summary>The counters of a class at this moment.</summary>
    public Entry this[int id] => _entries[id];

    /// <summary>Whether something was counted for a class.</summary>
    public bool HasAny(int id) => _entries[id].Evicted + _entries[id].Expired + _entries[id].Swept > 0;

    /// <summary>Counts from zero again.</summary>
    public void Reset() => Array.Clear(_entries);

    /// <summary>Of one class.</summary>
    internal struct Entry
    {
        public long Evicted;
        public long EvictedWithExpiry;
        public long EvictedUnread;
        public long LastEvictedIdleSeconds;

        /// <summary>Expired items that somebody met.</summary>
        public long Expired;

        /// <summary>Expired and flushed items that the sweeper found.</summary>
        public long Swept;

        public long ExpiredUnread;
    }
}
