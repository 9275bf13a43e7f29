using AotKv.Engine.Log;

namespace AotKv.Engine.Eviction;

/// <summary>
/// Keeps free segments coming: in memory by reclaiming, in a durable log also by making files and by waiting for syncs. The maintenance
/// thread works ahead; a writer that finds none does the same work itself.
/// </summary>
internal sealed class SegmentSupply
{
    private const int StepRecords = 128;
    private const int AssistRecords = 32;
    private const int MostSteps = 100_000;

    private readonly SegmentPool _pool;
    private readonly Reclaimer _reclaimer;
    private readonly Syncer? _syncer;
    private readonly Sweeper _sweeper;
    private readonly LogHead _head;
    private readonly LogHead _mainHead;
    private readonly Lock _work = new();

    public SegmentSupply(SegmentPool pool, Reclaimer reclaimer, Sweeper sweeper, Syncer? syncer, LogHead head, LogHead mainHead)
    {
        _pool = pool;
        _reclaimer = reclaimer;
        _sweeper = sweeper;
        _syncer = syncer;
        _head = head;
        _mainHead = mainHead;
    }

    /// <summary>Works until writers can take some shared segments. May wait for the disk in a durable log.</summary>
    /// <param name="count">How many.</param>
    /// <returns>False when so many cannot be had.</returns>
    public bool MakeShared(int count = 1)
    {
        for (int step = 0; step < MostSteps; step++)
        {
            lock (_work)
            {
                if (_pool.AvailableShared >= SegmentPool.ReservedForRelocation + count)
                {
                    return true;
                }

                if (!Work(needed: true, mayWait: true))
                {
                    return false;
                }
            }
        }

        return false;
    }

    /// <summary>Works until there is a segment for a large record.</summary>
    /// <returns>Its id, or -1 when not enough can be freed.</returns>
    public int TakeLarge(long bytes)
    {
        for (int step = 0; step < MostSteps; step++)
        {
            int id = _pool.TakeLarge(bytes);
            if (id >= 0)
            {
                return id;
            }

            lock (_work)
            {
                if (!Work(needed: true, mayWait: true))
                {
                    return -1;
                }
            }
        }

        return -1;
    }

    /// <summary>A writer's share of the work when segments run out faster than the maintenance thread frees them.</summary>
    public void Assist()
    {
        // Making a file takes its time, and is no reason to give up items: the maintenance thread is at it.
        if (!_pool.MayCreateShared)
        {
            _reclaimer.TryStep(AssistRecords, Need(needed: true));
        }
    }

    /// <summary>One step of the maintenance thread.</summary>
    /// <returns>False when there is nothing to do.</returns>
    public bool WorkAhead()
    {
        lock (_work)
        {
            return Work(needed: _pool.IsLow, mayWait: false);
        }
    }

    private bool Work(bool needed, bool mayWait)
    {
        if (_syncer != null)
        {
            if (_syncer.Failure != null)
            {
                return false;
            }

            if (_syncer.Recyclable.TryDequeue(out int id))
            {
                _ = _pool.Recycle(id);
                return FailIfSyncFailed();
            }

            if (needed && _pool.PendingCount > 0)
            {
                if (mayWait)
                {
                    return _syncer.SyncNow();
                }

                _syncer.Signal();
                if (_pool.PendingCount + _pool.AvailableShared >= SegmentPool.ReservedForRelocation + SegmentPool.LowWater)
                {
                    return false;
                }
            }

            if (needed && _pool.CreateShared())
            {
                return true;
            }

            if (!FailIfSyncFailed())
            {
                return false;
            }
        }

        if (_reclaimer.Step(StepRecords, Need(needed)) != StepResult.Nothing)
        {
            return true;
        }

        // What a flush has emptied counts as live until it was swept, and what large items hold can be freed once their references
        // are in a sealed segment: those of new items, or, once all of them were read, those that were kept.
        if (needed && (_sweeper.SweepOne() || _head.SealIfItHoldsLarge() || _mainHead.SealIfItHoldsLarge()))
        {
            return true;
        }

        // Sealed segments may be reclaimed once they are synced: a writer that is faster than the disk waits for it, and is not refused.
        return needed && mayWait && _syncer is { OwesSegments: true } && _syncer.SyncNow();
    }

    private bool FailIfSyncFailed()
    {
        if (_pool.HasSyncFailed)
        {
            _syncer!.Fail();
        }

        return !_pool.HasSyncFailed;
    }

    private ReclaimNeed Need(bool needed)
    {
        if (!needed)
        {
            return ReclaimNeed.Spare;
        }

        return _pool.IsDeviceFull ? ReclaimNeed.DeadOnly : ReclaimNeed.Any;
    }
}
