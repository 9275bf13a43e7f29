using AotKv.Engine.Log;

namespace AotKv.Engine.Eviction;

/// <summary>Why a segment is reclaimed; it decides what happens to the live records in it.</summary>
internal enum ReclaimReason
{
    /// <summary>All dead, and no slot points into it: there is nothing to walk.</summary>
    Empty,

    /// <summary>Mostly dead: every live record is kept.</summary>
    Clean,

    /// <summary>Oldest of the young part: what was read is kept.</summary>
    EvictYoung,

    /// <summary>Oldest of the main part: what was read since it came here is kept, one step less frequent.</summary>
    EvictMain,

    /// <summary>Its one large record was kept, and the segment with it.</summary>
    Kept,
}

/// <summary>Chooses the next segment to free: a mostly dead one if there is one, else the oldest of the part that is due (S3-FIFO over segments).</summary>
internal sealed class VictimPolicy
{
    /// <summary>Dead share, of 1024, from which cleaning is worth the copying of what is live.</summary>
    private const int CleanShare = 128;

    /// <summary>The same when nothing may be evicted: then space is worth more copying.</summary>
    private const int CleanShareWithoutEviction = 32;

    /// <summary>Share of the memory that is the young part (Yang et al., FIFO queues are all you need for cache eviction, SOSP 2023).</summary>
    private const int YoungPercent = 10;

    /// <summary>While memory is plenty, dead bytes may be as many as live ones, and this many segments more.</summary>
    private const int SpareSegments = 4;

    private readonly SegmentPool _pool;
    private readonly SegmentQueue _young;
    private readonly SegmentQueue _main;
    private readonly bool _evictionDisabled;

    public VictimPolicy(SegmentPool pool, SegmentQueue young, SegmentQueue main, bool evictionDisabled)
    {
        _pool = pool;
        _young = young;
        _main = main;
        _evictionDisabled = evictionDisabled;
    }

    /// <summary>Takes a victim out of its queue.</summary>
    /// <param name="needed">Memory is short. Otherwise only what is dead is looked for, and only when it is much.</param>
    /// <param name="reason">Why.</param>
    /// <returns>Its id, or -1 when there is none.</returns>
    public unsafe int Choose(bool needed, out ReclaimReason reason)
    {
        QueueSurvey young = _young.Survey();
        QueueSurvey main = _main.Survey();
        QueueSurvey emptier = young.EmptiestShare >= main.EmptiestShare ? young : main;
        int victim = emptier.Emptiest;
        bool isEmpty = emptier.EmptiestShare == QueueSurvey.WholeShare && !_pool[victim]->HasFlushedSlots;
        reason = isEmpty ? ReclaimReason.Empty : ReclaimReason.Clean;
        long dead = young.DeadBytes + main.DeadBytes;
        long live = young.WrittenBytes + main.WrittenBytes - dead;
        int threshold = _evictionDisabled ? CleanShareWithoutEviction : CleanShare;
        bool clean = needed ? emptier.EmptiestShare >= threshold : dead > live + (SpareSegments * _pool.Geometry.SegmentBytes);
        if (isEmpty || (clean && victim >= 0))
        {
            SegmentQueue queue = young.EmptiestShare >= main.EmptiestShare ? _young : _main;
            return queue.Remove(victim) ? victim : -1;
        }

        return needed && !_evictionDisabled ? ChooseToEvict(out reason) : -1;
    }

    private int ChooseToEvict(out ReclaimReason reason)
    {
        bool youngIsDue = _main.Count == 0 || _young.Bytes > _pool.BudgetBytes / 100 * YoungPercent;
        int victim = youngIsDue ? _young.Dequeue() : -1;
        reason = ReclaimReason.EvictYoung;
        if (victim < 0)
        {
            victim = _main.Dequeue();
            reason = ReclaimReason.EvictMain;
        }

        if (victim < 0)
        {
            victim = _young.Dequeue();
            reason = ReclaimReason.EvictYoung;
        }

        return victim;
    }
}
