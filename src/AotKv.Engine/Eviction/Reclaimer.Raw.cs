// Relies on: only this class, under its gate, takes segments out of the queues and gives them back; a segment's records are
// whole up to its Used (a value that is still being written belongs to a stripe that is locked); a record is moved or dropped only
// under its key's stripe lock.
using System.Diagnostics;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine.Eviction;

/// <summary>How a step of reclaiming ended.</summary>
internal enum StepResult
{
    /// <summary>There is nothing that could be freed.</summary>
    Nothing,

    /// <summary>Some records were dealt with.</summary>
    Progress,

    /// <summary>A segment was dealt with to its end.</summary>
    Finished,
}

/// <summary>
/// Frees segments. A victim is walked record by record: dead ones are skipped, live ones move to the main part or are dropped, and
/// then nothing points into it any more. Work is cut into steps of a few records, so that nobody waits long for the gate.
/// </summary>
internal sealed unsafe partial class Reclaimer
{
    private const int BatchRecords = 16;

    /// <summary>Every so many evicted segments the ghosts' room is compared with the number of items.</summary>
    private const uint SegmentsPerFit = 16;

    private readonly Store _store;
    private readonly SegmentPool _pool;
    private readonly SegmentTable _segments;
    private readonly Memtable.Memtable _table;
    private readonly Ghosts _ghosts;
    private readonly LogHead _mainHead;
    private readonly SegmentQueue _main;
    private readonly VictimPolicy _policy;
    private readonly Lock _gate = new();
    private int _victim = -1; // gate
    private uint _evictedYoung; // gate
    private long _cursor; // gate; offset in the victim
    private long _relocated; // gate; bytes moved out of the victim, large items' own segments included
    private long _mostRelocated; // gate; so many may be: less than the victim holds
    private ulong _oldestElsewhere; // gate; activation of the oldest other segment
    private bool _mustStay; // gate; something in the victim could not be taken over, so it cannot go
    private ReclaimReason _reason; // gate

    public Reclaimer(
        Store store, SegmentPool pool, Memtable.Memtable table, Ghosts ghosts, SegmentQueue young, SegmentQueue main, LogHead mainHead)
    {
        _ghosts = ghosts;
        _store = store;
        _pool = pool;
        _segments = pool.Table;
        _table = table;
        _mainHead = mainHead;
        _main = main;
        _policy = new VictimPolicy(pool, young, main, store.EvictionDisabled, store.DeadSpacePercent);
    }

    /// <summary>The lock under which segments are freed: whoever holds it may walk sealed segments.</summary>
    public Lock Gate => _gate;

    /// <summary>Deals with some records of the present victim, or of the next.</summary>
    /// <param name="records">About how many.</param>
    /// <param name="need">What may be given up for the next victim.</param>
    public StepResult Step(int records, ReclaimNeed need)
    {
        lock (_gate)
        {
            return StepGated(records, need);
        }
    }

    /// <summary>A step if nobody else is at it.</summary>
    public void TryStep(int records, ReclaimNeed need)
    {
        if (_gate.TryEnter())
        {
            _ = StepGated(records, need);
            _gate.Exit();
        }
    }

    /// <summary>Whether some sealed segment may hold records that a flush has made invisible, and which; -1 when none.</summary>
    public int FindUnswept() => _policy.FindUnswept();

    private StepResult StepGated(int records, ReclaimNeed need)
    {
        if (_victim < 0 && !Begin(need))
        {
            return StepResult.Nothing;
        }

        Segment* segment = _segments[_victim];
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
        if (_mustStay)
        {
            _main.Enqueue(done);
            return StepResult.Nothing;
        }

        _pool.Release(done);
        return StepResult.Finished;
    }

    private bool Begin(ReclaimNeed need)
    {
        if (_pool.AvailableShared == 0 && _pool.PendingCount > 0)
        {
            return false; // nowhere to move anything until a sync has made the pending ones free
        }

        _victim = _policy.Choose(need, out _reason);
        if (_victim < 0)
        {
            return false;
        }

        if (_reason == ReclaimReason.EvictYoung && _evictedYoung++ % SegmentsPerFit == 0)
        {
            _ghosts.Fit(_store.Statistics().Items);
        }
        else
        {
            _ghosts.Grow();
        }

        CheckEmpty();
        if (_reason is ReclaimReason.EvictYoung or ReclaimReason.EvictMain)
        {
            _pool.NoteEviction(_segments[_victim]);
        }

        bool mayHoldOrphans = _segments[_victim]->LargeBytes > 0;
        _cursor = _reason == ReclaimReason.Empty && !mayHoldOrphans ? _segments[_victim]->Used : SegmentGeometry.SegmentHeaderBytes;
        _relocated = 0;
        _mostRelocated = (_segments[_victim]->Capacity + Volatile.Read(ref _segments[_victim]->LargeBytes)) / 8 * 7;
        _mustStay = false;
        _oldestElsewhere = _pool.IsDurable ? _segments.OldestActivation(except: _victim) : ulong.MaxValue;
        return true;
    }

    /// <summary>What counts as empty is: no slot points into it, and nothing in it has to be kept.</summary>
    [Conditional("DEBUG")]
    private void CheckEmpty()
    {
        Segment* segment = _segments[_victim];
        for (long at = SegmentGeometry.SegmentHeaderBytes; at < segment->Used && _reason == ReclaimReason.Empty;)
        {
            var record = new Record(segment->Base + at);
            long location = record.Kind == RecordKind.LargeItem && LargeReference.TryRead(record.Value, out LargeReference reference)
                ? _segments.LargeLocation(reference.SegmentId)
                : _segments.Location(_victim, at);
            ulong hash = _store.HashOf(record);
            Stripe* stripe = _table.Lock(hash);
            ulong* slot = Memtable.Memtable.FindLocation(stripe, hash, location);
            bool isLive = slot != null && record.Kind is RecordKind.Item or RecordKind.ItemWithCas;
            Memtable.Memtable.Unlock(stripe);
            Debug.Assert(!isLive, $"segment {_victim} counts as empty, and {record} at {at} is live");
            Debug.Assert(
                !_pool.IsDurable || record.Kind is not (RecordKind.Deletion or RecordKind.Namespace), $"segment {_victim} counts as empty, and holds {record}");
            at += record.Size;
        }
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
            ulong hash = _store.HashOf(record);
            _table.PrefetchSlot(hash);
            hashes[count] = hash;
            offsets[count++] = _cursor;
            _cursor += record.Size;
        }

        long now = _store.Clock.Milliseconds;
        for (int i = 0; i < count; i++)
        {
            var record = new Record(segment->Base + offsets[i]);
            switch (record.Kind)
            {
                case RecordKind.Item or RecordKind.ItemWithCas:
                    DealWithItem(segment, hashes[i], record, _segments.Location(_victim, offsets[i]), now);
                    break;
                case RecordKind.LargeItem:
                    DealWithLarge(segment, hashes[i], record, now);
                    break;
                case RecordKind.Deletion:
                    KeepDeletion(record);
                    break;
                case RecordKind.Namespace:
                    KeepNamespace(record);
                    break;
                default:
                    break; // the segment's own first record goes with it
            }
        }

        return count;
    }

    private void DealWithItem(Segment* segment, ulong hash, Record record, long location, long nowMilliseconds)
    {
        Stripe* stripe = _table.Lock(hash);
        ulong* slot = Memtable.Memtable.FindLocation(stripe, hash, location);
        if (slot == null)
        {
            KeepShadow(record, nowMilliseconds);
        }
        else if (!_store.IsVisible(record, nowMilliseconds))
        {
            _ = _store.RemoveDead(stripe, slot, record);
            KeepShadow(record, nowMilliseconds);
        }
        else if (!MayKeep(*slot, out int frequency))
        {
            if (_reason == ReclaimReason.EvictYoung)
            {
                _ghosts.Remember(hash);
            }

            Drop(stripe, slot, record);
        }
        else if (!Relocate(record, slot, frequency))
        {
            DropOrStay(stripe, slot, record);
        }

        Memtable.Memtable.Unlock(stripe);
    }

    /// <summary>Whether a live record survives its segment, and with which frequency.</summary>
    private bool MayKeep(ulong slot, out int frequency)
    {
        int now = Slot.Frequency(slot);
        switch (_reason)
        {
            case ReclaimReason.EvictYoung:
                frequency = now - 1;
                return now > 0;
            case ReclaimReason.EvictMain:
                // Not the whole segment: each one dealt with must give something back.
                frequency = now - 1;
                return now > 0 && _relocated <= _mostRelocated;
            default:
                frequency = now;
                return true;
        }
    }

    /// <summary>Moves a record to the main part. False when there is no memory to move it to.</summary>
    private bool Relocate(Record record, ulong* slot, int frequency)
    {
        int size = (int)record.Size;
        if (!CopyToMain(record, size, out long location))
        {
            return false;
        }

        _store.NoteExpiry(location, record.ExpiryMilliseconds);
        *slot = Slot.WithFrequency(Slot.MovedTo(*slot, location), frequency);
        return true;
    }

    private bool CopyToMain(Record record, int size, out long location)
    {
        _mainHead.Enter();
        byte* to = _mainHead.Append(size, out location);
        if (to == null)
        {
            _mainHead.Exit();
            return false;
        }

        Buffer.MemoryCopy(record.Address, to, size, size);
        if (_pool.IsDurable)
        {
            // The copy stands for itself: its transaction is long complete, and the checksum binds it to its new segment.
            var copy = new Record(to);
            copy.ClearMore();
            copy.WriteChecksum(size, _mainHead.ActiveSequence);
        }

        _mainHead.Exit();
        _relocated += size;
        StoreCounters.Add(ref _store.Counters.RelocatedBytes, size);
        return true;
    }

    /// <summary>There is no room to move a record to: it is evicted if that is allowed, otherwise its segment cannot go.</summary>
    private void DropOrStay(Stripe* stripe, ulong* slot, Record record)
    {
        if (_reason == ReclaimReason.Clean)
        {
            _mustStay = true;
        }
        else
        {
            Drop(stripe, slot, record);
        }
    }

    private void Drop(Stripe* stripe, ulong* slot, Record record)
    {
        StoreCounters.Add(ref _store.Counters.Evictions, 1);
        if ((*slot & Slot.Fetched) == 0)
        {
            StoreCounters.Add(ref _store.Counters.EvictedUnread, 1);
        }

        _store.Observer?.Removed(record.ToItem(*slot), RemovalReason.Evicted);

        if (record.Overwrites)
        {
            WriteShadow(record);
        }

        _store.RemoveLive(stripe, slot, record);
    }
}
