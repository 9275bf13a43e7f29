// Relies on: segments are taken out of the young part and given back only under the reclaimer's gate, so a segment that is pinned
// under the gate keeps its bytes until it is unpinned; a large record is given back only under its key's stripe lock.
using AotKv.Engine.Eviction;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine.Feed;

/// <summary>The stream of new writes for readers: finds segments by their place in the order and holds them while they are read.</summary>
internal sealed unsafe class FeedSource
{
    private readonly SegmentTable _segments;
    private readonly SegmentPool _pool;
    private readonly Memtable.Memtable _table;
    private readonly Store _store;
    private readonly Reclaimer _reclaimer;
    private readonly LogHead _head;
    private readonly Revisions _revisions;
    private readonly FeedNotifier _notifier;
    private readonly bool _isFromStart; // the store was empty when it was opened

    public FeedSource(
        SegmentTable segments, SegmentPool pool, Memtable.Memtable table, Store store, Reclaimer reclaimer, LogHead head, Revisions revisions)
    {
        _segments = segments;
        _pool = pool;
        _table = table;
        _store = store;
        _reclaimer = reclaimer;
        _head = head;
        _revisions = revisions;
        _notifier = new FeedNotifier(revisions);
        _isFromStart = revisions.Last == 0;
    }

    public ulong LastRevision => _revisions.Last;

    /// <summary>See <see cref="FeedNotifier.Written"/>.</summary>
    public void Written() => _notifier.Written();

    /// <summary>See <see cref="FeedNotifier.Wait"/>.</summary>
    public bool Wait(ulong seen, TimeSpan timeout, CancellationToken cancellation) => _notifier.Wait(seen, timeout, cancellation);

    /// <summary>Pins the segment in which what follows a revision begins.</summary>
    /// <param name="after">The revision.</param>
    /// <param name="stretch">The segment, up to where its records are whole.</param>
    /// <returns>Found; AtEnd when nothing at all is retained and nothing is missing; Lost when something after the revision is not retained.</returns>
    public StretchStatus Locate(ulong after, out Stretch stretch)
    {
        stretch = default;
        lock (_reclaimer.Gate)
        {
            _head.EnterWhole();
            bool isNothingRetained = Find(_head.Ordinal) < 0;
            int best = LastActiveBy(after);
            if (best >= 0 && CountBehind(_segments[best]->Ordinal) != _head.Ordinal - _segments[best]->Ordinal)
            {
                best = -1; // some in between are not there any more
            }

            if (best >= 0)
            {
                stretch = Pin(best);
            }

            ulong last = _revisions.Last;
            _head.Exit();
            return best >= 0 ? StretchStatus.Found : isNothingRetained && last <= after ? StretchStatus.AtEnd : StretchStatus.Lost;
        }
    }

    /// <summary>Pins a segment again that was read before; false when it is not there any more.</summary>
    public bool TryReturn(ref Stretch stretch)
    {
        lock (_reclaimer.Gate)
        {
            _head.EnterWhole();
            Segment* segment = _segments[stretch.Id];
            bool isThere = IsOfStream(segment) && segment->Ordinal == stretch.Ordinal && segment->Generation == stretch.Generation;
            if (isThere)
            {
                stretch = Pin(stretch.Id);
            }

            _head.Exit();
            return isThere;
        }
    }

    /// <summary>Looks for what comes behind a pinned stretch: more of the same segment, or the next one, which is then pinned too.</summary>
    public StretchStatus Extend(ref Stretch stretch, out Stretch next)
    {
        next = default;
        lock (_reclaimer.Gate)
        {
            _head.EnterWhole();
            long used = _segments[stretch.Id]->Used;
            stretch.Seen = _revisions.Last;
            var status = StretchStatus.Grown;
            if (used > stretch.End)
            {
                stretch.End = used;
            }
            else if (stretch.Ordinal == _head.Ordinal)
            {
                status = StretchStatus.AtEnd;
            }
            else
            {
                int id = Find(stretch.Ordinal + 1);
                status = id >= 0 ? StretchStatus.Found : StretchStatus.Lost;
                next = id >= 0 ? Pin(id) : default;
            }

            _head.Exit();
            return status;
        }
    }

    public void Unpin(in Stretch stretch) => _pool.Unpin(_segments[stretch.Id]);

    public Record At(in Stretch stretch, long offset) => new(_segments[stretch.Id]->Base + offset);

    /// <summary>Pins a large record that a record of the stream refers to; false when it was given back.</summary>
    public bool TryPinLarge(Record record, out Record large, out int id)
    {
        large = default;
        id = -1;
        if (!LargeReference.TryRead(record.Value, out LargeReference reference))
        {
            return false;
        }

        Stripe* stripe = _table.Lock(_store.HashOf(record));
        Segment* segment = _segments[reference.SegmentId];
        bool isThere = segment->Sequence == reference.Sequence && segment->State == SegmentState.Sealed;
        if (isThere)
        {
            SegmentPool.Pin(segment);
            id = reference.SegmentId;
            large = new Record(segment->Base + SegmentGeometry.SegmentHeaderBytes);
        }

        Memtable.Memtable.Unlock(stripe);
        return isThere;
    }

    public void UnpinLarge(int id) => _pool.Unpin(_segments[id]);

    /// <summary>The segment of new writes at a place in the order; -1 when it is not there any more. Gate and head lock held.</summary>
    private int Find(ulong ordinal)
    {
        for (int id = 0; id < _segments.Count && ordinal != 0; id++)
        {
            if (_segments[id]->Ordinal == ordinal && IsOfStream(_segments[id]))
            {
                return id;
            }
        }

        return -1;
    }

    /// <summary>The youngest segment that became active not later than a revision was given out; -1 when none is left.</summary>
    private int LastActiveBy(ulong revision)
    {
        int best = -1;
        for (int id = 0; id < _segments.Count; id++)
        {
            Segment* segment = _segments[id];
            if (IsOfStream(segment) && (segment->Activation <= revision || IsFirstOfAll(segment)) && (best < 0 || segment->Ordinal > _segments[best]->Ordinal))
            {
                best = id;
            }
        }

        return best;
    }

    /// <summary>
    /// Nothing was written before it, also where the batch that opened it had drawn its revision already. A log that was recovered may have
    /// lost all it once had, and begin to count anew.
    /// </summary>
    private bool IsFirstOfAll(Segment* segment) => segment->Ordinal == 1 && _isFromStart;

    private ulong CountBehind(ulong ordinal)
    {
        ulong count = 0;
        for (int id = 0; id < _segments.Count; id++)
        {
            count += IsOfStream(_segments[id]) && _segments[id]->Ordinal > ordinal ? 1ul : 0;
        }

        return count;
    }

    private static bool IsOfStream(Segment* segment) =>
        segment->State is SegmentState.Active or SegmentState.Sealed && !segment->IsMain && !segment->IsLarge;

    private Stretch Pin(int id)
    {
        Segment* segment = _segments[id];
        SegmentPool.Pin(segment);
        return new Stretch { Id = id, Ordinal = segment->Ordinal, Generation = segment->Generation, End = segment->Used, Seen = _revisions.Last };
    }
}

/// <summary>What was found of the stream.</summary>
internal enum StretchStatus
{
    /// <summary>A segment, now pinned.</summary>
    Found,

    /// <summary>More in the same segment.</summary>
    Grown,

    /// <summary>Nothing more yet.</summary>
    AtEnd,

    /// <summary>It was reclaimed.</summary>
    Lost,
}

/// <summary>A segment of the stream, up to where its records are whole.</summary>
internal struct Stretch
{
    public int Id;
    public uint Generation;
    public ulong Ordinal;
    public long End;

    /// <summary>The last revision given out when the end was looked at.</summary>
    public ulong Seen;
}
