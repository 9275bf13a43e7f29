// Relies on: the reclaimer's gate is held while records are read, so the segment stays; a segment's generation tells whether it
// is still the one the walk began in; records are whole up to the offset read under the head's lock.
using System.Diagnostics;
using AotKv.Engine.Eviction;
using AotKv.Engine.Hashing;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine.Expiry;

/// <summary>
/// Removes expired items that nobody asks for. Every segment knows a time before which nothing in it expires, so only segments with
/// something due are walked. The walks take a twentieth of one core at most.
/// </summary>
internal sealed unsafe class ExpiryCrawler
{
    private const int StepRecords = 256;
    private const int RestFactor = 20;

    private readonly Store _store;
    private readonly SegmentPool _pool;
    private readonly Memtable.Memtable _table;
    private readonly Reclaimer _reclaimer;
    private readonly KeyHash _hash;
    private readonly LogHead[] _heads;
    private long _notBefore;

    public ExpiryCrawler(Store store, SegmentPool pool, Memtable.Memtable table, Reclaimer reclaimer, KeyHash hash, params LogHead[] heads)
    {
        _store = store;
        _pool = pool;
        _table = table;
        _reclaimer = reclaimer;
        _hash = hash;
        _heads = heads;
    }

    /// <summary>Walks the segments with something due, unless the last pass was too long ago too little.</summary>
    public void RunIfDue()
    {
        long started = Stopwatch.GetTimestamp();
        if (started < _notBefore)
        {
            return;
        }

        for (int id = 0; id < _pool.Geometry.MaxSegments; id++)
        {
            if (Volatile.Read(ref _pool[id]->MinExpiryMilliseconds) <= _store.Clock.Milliseconds)
            {
                Crawl(id);
            }
        }

        long now = Stopwatch.GetTimestamp();
        _notBefore = now + ((now - started) * RestFactor);
    }

    private void Crawl(int id)
    {
        Segment* segment = _pool[id];
        uint generation = Volatile.Read(ref segment->Generation);
        long cursor = 0;
        for (; ; )
        {
            lock (_reclaimer.Gate)
            {
                if (segment->State is not (SegmentState.Active or SegmentState.Sealed) || segment->Generation != generation)
                {
                    return;
                }

                if (cursor == 0)
                {
                    // From here on writers and this walk lower it again.
                    Volatile.Write(ref segment->MinExpiryMilliseconds, long.MaxValue);
                    cursor = SegmentGeometry.SegmentHeaderBytes;
                }

                long end = WrittenBytes(segment);
                for (int i = 0; i < StepRecords && cursor < end; i++)
                {
                    cursor += Visit(id, segment, cursor);
                }

                if (cursor >= end)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Up to where records are whole: an active segment's head is asked under its lock.</summary>
    private long WrittenBytes(Segment* segment)
    {
        if (segment->State != SegmentState.Active)
        {
            return segment->Used;
        }

        if (segment->IsLarge)
        {
            return 0; // not published yet
        }

        LogHead head = _heads[segment->IsMain ? 1 : 0];
        head.Enter();
        long written = segment->Used;
        head.Exit();
        return written;
    }

    private long Visit(int id, Segment* segment, long offset)
    {
        var record = new Record(segment->Base + offset);
        long expiry = record.ExpiryMilliseconds;
        if (expiry == 0)
        {
            return record.Size;
        }

        long location = _pool.Location(id, offset);
        if (expiry > _store.Clock.Milliseconds)
        {
            _store.NoteExpiry(location, expiry);
            return record.Size;
        }

        ulong hash = _hash.Hash(record.Key);
        Stripe* stripe = _table.Lock(hash);
        ulong* slot = Memtable.Memtable.FindLocation(stripe, hash, location);
        if (slot != null && !_store.IsVisible(record, _store.Clock.Milliseconds))
        {
            _ = _store.RemoveDead(stripe, slot, record);
        }

        Memtable.Memtable.Unlock(stripe);
        return record.Size;
    }
}
