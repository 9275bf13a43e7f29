using AotKv.Engine.Log;

namespace AotKv.Engine.Eviction;

/// <summary>How badly a segment is wanted.</summary>
internal enum ReclaimNeed
{
    /// <summary>There are enough; only waste is looked for.</summary>
    Spare,

    /// <summary>One is wanted, but live items are not given up for it (the disk is full, which is not the items' fault).</summary>
    DeadOnly,

    /// <summary>One is wanted.</summary>
    Any,
}

/// <summary>Why a segment is reclaimed; it decides what happens to the live records in it.</summary>
internal enum ReclaimReason
{
    /// <summary>All dead, and no slot points into it: there is nothing to walk.</summary>
    Empty,

    /// <summary>Mostly dead, or the oldest when too many deletions wait for it: every live record is kept.</summary>
    Clean,

    /// <summary>Oldest of the young part: what was read is kept.</summary>
    EvictYoung,

    /// <summary>Oldest of the main part: what was read since it came here is kept, one step less frequent.</summary>
    EvictMain,
}

/// <summary>Chooses the next segment to free: a mostly dead one if there is one, else the oldest of the part that is due (S3-FIFO over segments).</summary>
internal sealed unsafe class VictimPolicy
{
    /// <summary>Dead share, of 1024, from which cleaning is worth the copying of what is live.</summary>
    private const int CleanShare = 128;

    /// <summary>The same when nothing may be evicted: then space is worth more copying.</summary>
    private const int CleanShareWithoutEviction = 32;

    /// <summary>
    /// The same in the young part while the store evicts and little of it is dead: cleaning moves what was never read to the main part as well,
    /// past the very sieve the young part is, and the segment's turn comes soon anyway.
    /// </summary>
    private const int CleanShareOfYoung = 512;

    /// <summary>Little is dead when it is less than one byte in so many of what is written.</summary>
    private const int LittleDeadShare = 16;

    /// <summary>
    /// Share of the memory that is the young part. Yang et al. (FIFO queues are all you need for cache eviction, SOSP 2023) take 10. Here 5 was
    /// chosen on the loads of <c>AotKv.Perf missratio</c>, one run of each setting: the difference was small, and no other loads were tried.
    /// </summary>
    private const int YoungPercent = 5;

    /// <summary>While memory is plenty, dead bytes may be the share of the live ones that the options say, and this many segments more.</summary>
    private const int SpareSegments = 4;

    /// <summary>Deletion records may be one byte in so many before the oldest segment is rewritten to be rid of them.</summary>
    private const int TombstoneShare = 16;

    private readonly SegmentPool _pool;
    private readonly SegmentQueue _young;
    private readonly SegmentQueue _main;
    private readonly bool _evictionDisabled;
    private readonly int _deadSpacePercent;

    public VictimPolicy(SegmentPool pool, SegmentQueue young, SegmentQueue main, bool evictionDisabled, int deadSpacePercent)
    {
        _pool = pool;
        _young = young;
        _main = main;
        _evictionDisabled = evictionDisabled;
        _deadSpacePercent = deadSpacePercent;
    }

    /// <summary>Whether some sealed segment may hold records that a flush has made invisible, and which; -1 when none.</summary>
    public int FindUnswept()
    {
        int young = _young.Survey().Unswept;
        return young >= 0 ? young : _main.Survey().Unswept;
    }

    /// <summary>Takes a victim out of its queue.</summary>
    /// <param name="need">What may be given up.</param>
    /// <param name="reason">Why.</param>
    /// <returns>Its id, or -1 when there is none.</returns>
    public int Choose(ReclaimNeed need, out ReclaimReason reason)
    {
        QueueSurvey young = _young.Survey();
        QueueSurvey main = _main.Survey();
        bool youngIsEmptier = young.EmptiestShare >= main.EmptiestShare && !MayWait(need, young, main);
        QueueSurvey emptier = youngIsEmptier ? young : main;
        int victim = emptier.Emptiest;
        bool isEmpty = emptier.EmptiestShare == QueueSurvey.WholeShare && !_pool.Table[victim]->NeedsSweep;
        reason = isEmpty ? ReclaimReason.Empty : ReclaimReason.Clean;
        if (_young.IsStream && youngIsEmptier && need == ReclaimNeed.Spare)
        {
            return -1; // readers of the feed may still want it, and memory is plenty
        }

        if (isEmpty || (victim >= 0 && IsWorthCleaning(need, young, main, emptier.EmptiestShare)))
        {
            return (youngIsEmptier ? _young : _main).Remove(victim) ? victim : -1;
        }

        if (_pool.IsDurable && (young.TombstoneBytes + main.TombstoneBytes) * TombstoneShare > young.WrittenBytes + main.WrittenBytes)
        {
            int oldest = TakeOldest(young, main);
            if (oldest >= 0)
            {
                return oldest;
            }
        }

        if (_young.IsStream && need != ReclaimNeed.Spare && young.DeadBytes > young.WrittenBytes / 8)
        {
            reason = ReclaimReason.Clean;
            int first = _young.Dequeue();
            if (first >= 0)
            {
                return first; // what is dead lies behind it
            }
        }

        return need == ReclaimNeed.Any && !_evictionDisabled ? ChooseToEvict(young, out reason) : -1;
    }

    /// <summary>Whether the young part's dead bytes may wait until their segments are evicted.</summary>
    private bool MayWait(ReclaimNeed need, in QueueSurvey young, in QueueSurvey main) =>
        need == ReclaimNeed.Any && !_evictionDisabled && young.EmptiestShare < CleanShareOfYoung
        && (young.DeadBytes + main.DeadBytes) * LittleDeadShare < young.WrittenBytes + main.WrittenBytes;

    private bool IsWorthCleaning(ReclaimNeed need, in QueueSurvey young, in QueueSurvey main, int share)
    {
        if (need != ReclaimNeed.Spare)
        {
            return share >= (_evictionDisabled || need == ReclaimNeed.DeadOnly ? CleanShareWithoutEviction : CleanShare);
        }

        long dead = young.DeadBytes + main.DeadBytes;
        long live = young.WrittenBytes + main.WrittenBytes - dead;
        return dead > (live / 100 * _deadSpacePercent) + (SpareSegments * _pool.Geometry.SegmentBytes);
    }

    private int TakeOldest(in QueueSurvey young, in QueueSurvey main)
    {
        bool isYoung = young.OldestActivation <= main.OldestActivation;
        int oldest = isYoung ? young.Oldest : main.Oldest;
        bool any = (isYoung ? _young : _main).Count > 0;
        return any && _pool.Table[oldest]->IsSettled && (isYoung ? _young : _main).Remove(oldest) ? oldest : -1;
    }

    private int ChooseToEvict(in QueueSurvey young, out ReclaimReason reason)
    {
        bool youngIsDue = _main.Count == 0 || young.Bytes > _pool.BudgetBytes / 100 * YoungPercent;
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
