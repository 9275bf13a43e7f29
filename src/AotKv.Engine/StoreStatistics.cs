namespace AotKv.Engine;

/// <summary>Figures of a <see cref="Store"/> at one moment. Counters count since the start or the last reset.</summary>
public readonly record struct StoreStatistics
{
    /// <summary>Items present (expired ones that nobody has met yet included).</summary>
    public long Items { get; init; }

    /// <summary>Bytes of the records of the items present, headers included.</summary>
    public long ItemBytes { get; init; }

    /// <summary>Bytes of memory the index uses.</summary>
    public long IndexBytes { get; init; }

    /// <summary>Bytes of memory the segments use.</summary>
    public long SegmentBytes { get; init; }

    /// <summary>Bytes in segments that belong to no live item.</summary>
    public long DeadBytes { get; init; }

    /// <summary>The memory limit in bytes.</summary>
    public long MemoryLimitBytes { get; init; }

    /// <summary>Counter: records written for clients (each store, append, replaced number).</summary>
    public long ItemsWritten { get; init; }

    /// <summary>Counter: live items dropped to make room.</summary>
    public long Evictions { get; init; }

    /// <summary>Counter: evicted items nobody had read.</summary>
    public long EvictedUnread { get; init; }

    /// <summary>Counter: expired items whose room was taken back.</summary>
    public long Reclaimed { get; init; }

    /// <summary>Counter: expired items nobody had read.</summary>
    public long ExpiredUnread { get; init; }

    /// <summary>Counter: expired and flushed items that the sweeper removed.</summary>
    public long Swept { get; init; }

    /// <summary>Counter: records the sweeper looked at.</summary>
    public long SweepVisits { get; init; }

    /// <summary>Counter: bytes of live records moved to free a segment.</summary>
    public long RelocatedBytes { get; init; }

    /// <summary>Slots in the index.</summary>
    public long IndexSlots { get; init; }

    /// <summary>The same figures with the counters less what they were before.</summary>
    internal StoreStatistics CountedSince(in StoreStatistics before) => this with
    {
        ItemsWritten = ItemsWritten - before.ItemsWritten,
        Evictions = Evictions - before.Evictions,
        EvictedUnread = EvictedUnread - before.EvictedUnread,
        Reclaimed = Reclaimed - before.Reclaimed,
        ExpiredUnread = ExpiredUnread - before.ExpiredUnread,
        Swept = Swept - before.Swept,
        SweepVisits = SweepVisits - before.SweepVisits,
        RelocatedBytes = RelocatedBytes - before.RelocatedBytes,
    };
}
