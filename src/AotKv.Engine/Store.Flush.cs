using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Native;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>
    /// Makes every item stored up to a moment invisible at that moment. A later flush replaces one that is still to come.
    /// </summary>
    /// <param name="atMicroseconds">When, microseconds since 1970 (UTC); a time that has passed, or 0, means now.</param>
    public void Flush(long atMicroseconds = 0)
    {
        if (atMicroseconds > Clock.Refresh())
        {
            Volatile.Write(ref _flushAtMicroseconds, atMicroseconds);
            return;
        }

        Volatile.Write(ref _flushAtMicroseconds, 0);
        FlushNow();
    }

    /// <summary>Every operation begins with this: a delayed flush takes effect before the first operation after its time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ApplyDueFlush()
    {
        if (Volatile.Read(ref _flushAtMicroseconds) != 0)
        {
            ApplyFlushIfDue();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyFlushIfDue()
    {
        long at = Volatile.Read(ref _flushAtMicroseconds);
        if (at != 0 && Clock.Microseconds >= at && Interlocked.CompareExchange(ref _flushAtMicroseconds, 0, at) == at)
        {
            FlushNow();
        }
    }

    /// <summary>
    /// One revision divides the flushed from the rest. It is drawn with every stripe locked (rising order), so that no write is
    /// under way and the counts of what is visible can start again from zero. A few nanoseconds per stripe; no item is touched.
    /// </summary>
    private void FlushNow()
    {
        for (int i = 0; i < _table.StripeCount; i++)
        {
            WordLock.Enter(&_table[i]->Lock);
        }

        _head.Enter();
        Volatile.Write(ref _flushedRevision, NextRevision());
        for (int i = 0; i < _pool.Geometry.MaxSegments; i++)
        {
            Segment* segment = _pool[i];
            if (segment->State is SegmentState.Active or SegmentState.Sealed or SegmentState.Reclaiming)
            {
                segment->HasFlushedSlots = true;
                Volatile.Write(ref segment->Dead, segment->Used - SegmentGeometry.SegmentHeaderBytes);
            }
        }

        _head.Exit();
        for (int i = 0; i < _table.StripeCount; i++)
        {
            Stripe* stripe = _table[i];
            stripe->LiveItems = 0;
            stripe->LiveBytes = 0;
            Memtable.Memtable.Unlock(stripe);
        }

        _maintenance.Signal();
    }
}
