using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    private readonly Lock _resetting = new();
    private StoreStatistics _atReset; // _resetting

    /// <summary>The store's figures; counters since the last reset.</summary>
    public StoreStatistics Statistics()
    {
        lock (_resetting)
        {
            return LifetimeStatistics().CountedSince(_atReset);
        }
    }

    /// <summary>The store's figures; counters since the store was opened, whoever reset them.</summary>
    public StoreStatistics LifetimeStatistics()
    {
        long items = 0, bytes = 0, slots = 0;
        for (int i = 0; i < _table.StripeCount; i++)
        {
            Stripe* stripe = _table[i];
            items += Volatile.Read(ref stripe->LiveItems);
            bytes += Volatile.Read(ref stripe->LiveBytes);
            slots += (Volatile.Read(ref stripe->Lines) + Memtable.Memtable.SpillLines) * (long)Memtable.Memtable.LineSlots;
        }

        foreach (Namespaces.StoreNamespace ns in _namespaces.List())
        {
            items += ns.Items;
            bytes += ns.Bytes;
        }

        long dead = 0;
        for (int i = 0; i < _segments.Count; i++)
        {
            Segment* segment = _segments[i];
            if (segment->State is SegmentState.Active or SegmentState.Sealed or SegmentState.Reclaiming)
            {
                dead += Volatile.Read(ref segment->Dead);
            }
        }

        return new StoreStatistics
        {
            Items = items,
            ItemBytes = bytes,
            IndexBytes = _pool.IndexBytes,
            IndexSlots = slots,
            SegmentBytes = _pool.CommittedBytes,
            DeadBytes = dead,
            MemoryLimitBytes = _pool.BudgetBytes,
            ItemsWritten = Written(),
            Evictions = Volatile.Read(ref _counters.Evictions),
            EvictedUnread = Volatile.Read(ref _counters.EvictedUnread),
            Reclaimed = Volatile.Read(ref _counters.Reclaimed),
            ExpiredUnread = Volatile.Read(ref _counters.ExpiredUnread),
            Swept = Volatile.Read(ref _counters.Swept),
            SweepVisits = Volatile.Read(ref _counters.SweepVisits),
            RelocatedBytes = Volatile.Read(ref _counters.RelocatedBytes),
        };
    }

    /// <summary>Sets the counters of <see cref="Statistics"/> to zero.</summary>
    public void ResetStatistics()
    {
        lock (_resetting)
        {
            _atReset = LifetimeStatistics();
        }
    }

    private long Written()
    {
        long written = 0;
        for (int i = 0; i < _table.StripeCount; i++)
        {
            written += Volatile.Read(ref _table[i]->Written);
        }

        return written;
    }
}
