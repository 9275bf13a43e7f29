// Relies on: the reclaimer's gate is held while records are read, so the segment stays; a segment's generation tells whether it
// is still the one the walk began in; records are whole up to the offset read under the head's lock.
using System.Diagnostics;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine.Eviction;

/// <summary>
/// Removes items that nobody can see and nobody asks for: expired ones, and those of a flushed or dropped namespace. Every segment
/// knows a time before which nothing in it expires, and whether a flush came after its last walk, so only segments with something due
/// are walked, and only when that was so for a while: whoever asks for an item that just expired is told that it did, and one walk
/// takes what many seconds left. Walks for expiry take a twentieth of one core at most.
/// </summary>
internal sealed unsafe class Sweeper
{
    private const int StepRecords = 256;
    private const int RestFactor = 20;
    private static readonly long PatienceTicks = 2 * Stopwatch.Frequency;

    private readonly Store _store;
    private readonly SegmentTable _segments;
    private readonly Memtable.Memtable _table;
    private readonly Reclaimer _reclaimer;
    private readonly LogHead _head;
    private readonly LogHead _mainHead;
    private readonly IStepObserver? _observer;
    private long _notBefore;

    public Sweeper(
        Store store, SegmentTable segments, Memtable.Memtable table, Reclaimer reclaimer, LogHead head, LogHead mainHead, IStepObserver? observer)
    {
        _observer = observer;
        _store = store;
        _segments = segments;
        _table = table;
        _reclaimer = reclaimer;
        _head = head;
        _mainHead = mainHead;
    }

    /// <summary>Walks the segments with something due, unless the last pass took long and ended not long ago.</summary>
    /// <param name="anyway">Walk them also then, and at once.</param>
    public void RunIfDue(bool anyway)
    {
        long started = Stopwatch.GetTimestamp();
        if (started < _notBefore && !anyway)
        {
            return;
        }

        for (int id = 0; id < _segments.Count; id++)
        {
            Segment* segment = _segments[id];
            if (!IsDue(segment))
            {
                continue;
            }

            if (segment->DueSince == 0)
            {
                segment->DueSince = started;
            }

            if (anyway || started - segment->DueSince >= PatienceTicks)
            {
                segment->DueSince = 0;
                Sweep(id, _observer);
            }
        }

        long now = Stopwatch.GetTimestamp();
        _notBefore = now + ((now - started) * RestFactor);
    }

    private bool IsDue(Segment* segment) =>
        segment->State is SegmentState.Active or SegmentState.Sealed
        && !segment->IsLarge
        && (segment->NeedsSweep || Volatile.Read(ref segment->MinExpiryMilliseconds) <= _store.Clock.Milliseconds);

    /// <summary>Walks one segment that a flush may have emptied. False when there is none.</summary>
    public bool SweepOne()
    {
        int id = _reclaimer.FindUnswept();
        if (id >= 0)
        {
            Sweep(id, observer: null); // on a writer's thread perhaps
        }

        return id >= 0;
    }

    private void Sweep(int id, IStepObserver? observer)
    {
        uint generation = Volatile.Read(ref _segments[id]->Generation);
        long cursor = 0;
        bool goesOn;
        do
        {
            observer?.Begin();
            lock (_reclaimer.Gate)
            {
                goesOn = SweepStep(id, generation, ref cursor);
            }

            observer?.End("sweep");
        }
        while (goesOn);
    }

    /// <summary>Walks some records. Reclaimer's gate held.</summary>
    /// <returns>False when the segment's walk has ended.</returns>
    private bool SweepStep(int id, uint generation, ref long cursor)
    {
        Segment* segment = _segments[id];
        if (segment->State is not (SegmentState.Active or SegmentState.Sealed) || segment->Generation != generation)
        {
            return false;
        }

        if (cursor == 0)
        {
            // From here on writers and this walk lower it again.
            Volatile.Write(ref segment->MinExpiryMilliseconds, long.MaxValue);
            Volatile.Write(ref segment->NeedsSweep, false);
            cursor = SegmentGeometry.SegmentHeaderBytes;
        }

        long end = WrittenBytes(segment);
        int visited = 0;
        for (; visited < StepRecords && cursor < end; visited++)
        {
            cursor += Visit(id, segment, cursor);
        }

        StoreCounters.Add(ref _store.Counters.SweepVisits, visited);
        return cursor < end;
    }

    /// <summary>Up to where records are whole: an active segment's head is asked under its lock.</summary>
    private long WrittenBytes(Segment* segment)
    {
        if (segment->State != SegmentState.Active)
        {
            return segment->Used;
        }

        LogHead head = segment->IsMain ? _mainHead : _head;
        head.Enter();
        long written = segment->Used;
        head.Exit();
        return written;
    }

    private long Visit(int id, Segment* segment, long offset)
    {
        var record = new Record(segment->Base + offset);
        long size = record.Size;
        RecordKind kind = record.Kind;
        if (kind is not (RecordKind.Item or RecordKind.ItemWithCas or RecordKind.LargeItem))
        {
            return size;
        }

        if (_store.IsVisible(record, _store.Clock.Milliseconds))
        {
            _store.NoteExpiry(_segments.Location(id, offset), record.ExpiryMilliseconds);
            return size;
        }

        long location = _segments.Location(id, offset);
        if (kind == RecordKind.LargeItem)
        {
            if (!LargeReference.TryRead(record.Value, out LargeReference reference))
            {
                return size;
            }

            location = _segments.LargeLocation(reference.SegmentId);
        }

        ulong hash = _store.HashOf(record);
        Stripe* stripe = _table.Lock(hash);
        ulong* slot = Memtable.Memtable.FindLocation(stripe, hash, location);
        if (slot != null && !_store.IsVisible(_segments.At(location), _store.Clock.Milliseconds))
        {
            _ = _store.RemoveDead(stripe, slot, _segments.At(location), isSweep: true);
        }

        Memtable.Memtable.Unlock(stripe);
        return size;
    }
}
