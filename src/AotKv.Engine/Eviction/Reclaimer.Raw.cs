// Relies on: only this class, under its gate, takes segments out of the queues and gives them back; a segment's records are
// whole up to its Used; a record is moved or dropped only under its key's stripe lock.
using AotKv.Engine.Hashing;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine.Eviction;

/// <summary>
/// Frees segments. A victim is walked record by record: dead ones are skipped, live ones move to the main part or are dropped, and
/// then nothing points into it any more. Work is cut into steps of a few records, so that nobody waits long for the gate.
/// </summary>
internal sealed unsafe class Reclaimer
{
    private const int BatchRecords = 16;
    private const int AssistRecords = 32;
    private const int StepRecords = 128;

    private readonly Store _store;
    private readonly SegmentPool _pool;
    private readonly Memtable.Memtable _table;
    private readonly LogHead _mainHead;
    private readonly SegmentQueue _main;
    private readonly VictimPolicy _policy;
    private readonly KeyHash _hash;
    private readonly Lock _gate = new();
    private int _victim = -1; // gate
    private long _cursor; // gate; offset in the victim
    private long _relocated; // gate; bytes moved out of the victim
    private ReclaimReason _reason; // gate

    public Reclaimer(
        Store store, SegmentPool pool, Memtable.Memtable table, SegmentQueue young, SegmentQueue main, LogHead mainHead, KeyHash hash)
    {
        _store = store;
        _pool = pool;
        _table = table;
        _main = main;
        _mainHead = mainHead;
        _hash = hash;
        _policy = new VictimPolicy(pool, young, main, store.EvictionDisabled);
    }

    private enum StepResult
    {
        /// <summary>There is nothing that could be freed.</summary>
        Nothing,

        /// <summary>Some records were dealt with.</summary>
        Progress,

        /// <summary>A segment was dealt with to its end.</summary>
        Finished,
    }

    /// <summary>The lock under which segments are freed: whoever holds it may walk sealed segments.</summary>
    public Lock Gate => _gate;

    /// <summary>Works until a writer can take a shared segment.</summary>
    /// <returns>False when nothing can be freed.</returns>
    public bool FreeOneShared()
    {
        for (; ; )
        {
            lock (_gate)
            {
                if (_pool.AvailableShared > SegmentPool.ReservedForRelocation)
                {
                    return true;
                }

                if (Step(StepRecords) == StepResult.Nothing)
                {
                    return false;
                }
            }
        }
    }

    /// <summary>Works until there is a segment for a large record.</summary>
    /// <returns>Its id, or -1 when not enough can be freed.</returns>
    public int TakeLarge(long bytes)
    {
        for (; ; )
        {
            int id = _pool.TakeLarge(bytes);
            if (id >= 0)
            {
                return id;
            }

            lock (_gate)
            {
                if (Step(StepRecords) == StepResult.Nothing)
                {
                    return -1;
                }
            }
        }
    }

    /// <summary>A writer's share of the work when segments run out faster than the maintenance thread frees them.</summary>
    public void Assist()
    {
        if (_gate.TryEnter())
        {
            _ = Step(AssistRecords);
            _gate.Exit();
        }
    }

    /// <summary>One step of the maintenance thread.</summary>
    /// <returns>False when there is nothing to do.</returns>
    public bool WorkAhead()
    {
        lock (_gate)
        {
            return Step(StepRecords, needed: _pool.IsLow) != StepResult.Nothing;
        }
    }

    private StepResult Step(int records, bool needed = true)
    {
        if (_victim < 0 && !Begin(needed))
        {
            return StepResult.Nothing;
        }

        Segment* segment = _pool[_victim];
        while (records > 0 && _cursor < segment->Used)
        {
            records -= WalkBatch(segment);
        }

        if (_cursor < segment->Used)
        {
            return StepResult.Progress;
        }

        int done = _victim;
        _victim = -1;
        if (_reason != ReclaimReason.Kept)
        {
            _pool.Release(done);
        }

        return StepResult.Finished;
    }

    private bool Begin(bool needed)
    {
        _victim = _policy.Choose(needed, out _reason);
        if (_victim < 0)
        {
            return false;
        }

        _cursor = _reason == ReclaimReason.Empty ? _pool[_victim]->Used : SegmentGeometry.SegmentHeaderBytes;
        _relocated = 0;
        return true;
    }

    /// <summary>Deals with up to sixteen records: first all index lines are asked for, then each record is dealt with.</summary>
    private int WalkBatch(Segment* segment)
    {
        ulong* hashes = stackalloc ulong[BatchRecords];
        long* offsets = stackalloc long[BatchRecords];
        int count = 0;
        while (count < BatchRecords && _cursor < segment->Used)
        {
            var record = new Record(segment->Base + _cursor);
            ulong hash = _hash.Hash(record.Key);
            _table.PrefetchSlot(hash);
            hashes[count] = hash;
            offsets[count++] = _cursor;
            _cursor += record.Size;
        }

        long now = _store.Clock.Milliseconds;
        for (int i = 0; i < count; i++)
        {
            Deal(segment, hashes[i], offsets[i], now);
        }

        return count;
    }

    private void Deal(Segment* segment, ulong hash, long offset, long nowMilliseconds)
    {
        long location = _pool.Location(_victim, offset);
        Stripe* stripe = _table.Lock(hash);
        ulong* slot = Memtable.Memtable.FindLocation(stripe, hash, location);
        if (slot != null)
        {
            var record = new Record(segment->Base + offset);
            if (!_store.IsVisible(record, nowMilliseconds))
            {
                _ = _store.RemoveDead(stripe, slot, record);
            }
            else if (!MayKeep(segment, *slot, out int frequency) || !Keep(segment, record, slot, frequency))
            {
                Drop(stripe, slot, record);
            }
        }

        Memtable.Memtable.Unlock(stripe);
    }

    /// <summary>Whether a live record survives its segment, and with which frequency.</summary>
    private bool MayKeep(Segment* segment, ulong slot, out int frequency)
    {
        int now = Slot.Frequency(slot);
        switch (_reason)
        {
            case ReclaimReason.EvictYoung:
                frequency = 0;
                return now > 0;
            case ReclaimReason.EvictMain:
                // Not the whole segment: each one dealt with must give something back.
                frequency = now - 1;
                return now > 0 && _relocated <= segment->Capacity * 3 / 4;
            default:
                frequency = now;
                return true;
        }
    }

    /// <summary>Moves a record to the main part. False when there is no memory to move it to.</summary>
    private bool Keep(Segment* segment, Record record, ulong* slot, int frequency)
    {
        if (segment->IsLarge)
        {
            // It has its segment to itself: the segment moves, not the bytes.
            *slot = Slot.WithFrequency(*slot, frequency);
            segment->IsMain = true;
            _main.Enqueue(_victim);
            _reason = ReclaimReason.Kept;
            return true;
        }

        int size = (int)record.Size;
        _mainHead.Enter();
        byte* to = _mainHead.Append(size, out long location);
        if (to == null)
        {
            _mainHead.Exit();
            return false;
        }

        Buffer.MemoryCopy(record.Address, to, size, size);
        _mainHead.Exit();
        _store.NoteExpiry(location, record.ExpiryMilliseconds);
        *slot = Slot.WithFrequency(Slot.MovedTo(*slot, location), frequency);
        _relocated += size;
        StoreCounters.Add(ref _store.Counters.RelocatedBytes, size);
        return true;
    }

    private void Drop(Stripe* stripe, ulong* slot, Record record)
    {
        StoreCounters.Add(ref _store.Counters.Evictions, 1);
        if ((*slot & Slot.Fetched) == 0)
        {
            StoreCounters.Add(ref _store.Counters.EvictedUnread, 1);
        }

        _store.RemoveLive(stripe, slot, record);
    }
}
