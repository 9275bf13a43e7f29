using AotKv.Engine.Log;

namespace AotKv.Engine.Feed;

/// <summary>
/// A reader of a store's changes: every change after a revision, in order, whole transactions only. It takes no memory of its own; what
/// it has not read yet lies in the log, and is retained as long as the store has no other use for the room. A reader that is overtaken
/// is told so. One thread at a time.
/// </summary>
/// <remarks>
/// A consistent full state: note <see cref="Store.LastRevision"/>, read everything with <see cref="Store.Scan"/>, then open the feed after
/// the noted revision and apply every change whose revision is higher than what is there. When the feed says UpToDate, the copy
/// is the store's state at that moment. Evicted and expired items are no changes: whoever copies a cache lets them expire by their time.
/// </remarks>
public sealed class StoreFeed
{
    /// <summary>A call delivers about so many bytes at most, and always a whole transaction.</summary>
    private const long BytesPerRead = 1 << 20;

    private readonly FeedSource _source;
    private readonly List<Stretch> _pinned = [];
    private readonly List<(int Id, Record Record)> _large = []; // large records of the transaction at hand, pinned
    private Stretch _stretch; // where the next record is; Id -1 none
    private long _offset;
    private bool _isLost;

    internal StoreFeed(FeedSource source, ulong after)
    {
        _source = source;
        Revision = after;
        SeenRevision = after;
        _stretch.Id = -1;
        _isLost = after > source.LastRevision; // of another store, or of one that was lost
    }

    /// <summary>The last revision that was delivered, or the one to start after.</summary>
    public ulong Revision { get; private set; }

    /// <summary>The store's last revision when the reader last looked for its end: how far behind it is, at least.</summary>
    public ulong SeenRevision { get; private set; }

    /// <summary>Delivers what comes next: some changes, never a part of a transaction.</summary>
    /// <param name="reader">Takes them.</param>
    public FeedStatus Read<TReader>(ref TReader reader)
        where TReader : struct, IFeedReader, allows ref struct
    {
        if (_isLost)
        {
            return FeedStatus.FellBehind;
        }

        try
        {
            return Begin() switch
            {
                StretchStatus.Found => Deliver(ref reader),
                StretchStatus.AtEnd => FeedStatus.UpToDate,
                _ => Lose(),
            };
        }
        finally
        {
            foreach (ref Stretch stretch in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pinned))
            {
                _source.Unpin(stretch);
            }

            _pinned.Clear();
            UnpinLarge();
        }
    }

    /// <summary>Waits until there is something that <see cref="Read"/> has not seen. It may turn out to be nothing for the feed.</summary>
    /// <param name="timeout">How long to wait at most; negative for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when the time was up.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool Wait(TimeSpan timeout, CancellationToken cancellation = default) =>
        _isLost || _source.Wait(SeenRevision, timeout, cancellation);

    private FeedStatus Lose()
    {
        _isLost = true;
        return FeedStatus.FellBehind;
    }

    private StretchStatus Begin()
    {
        if (_stretch.Id < 0 || !_source.TryReturn(ref _stretch))
        {
            ulong last = _source.LastRevision;
            StretchStatus status = _source.Locate(Revision, out _stretch);
            if (status != StretchStatus.Found)
            {
                _stretch.Id = -1;
                SeenRevision = last;
                return status;
            }

            _offset = SegmentGeometry.SegmentHeaderBytes;
        }

        SeenRevision = _stretch.Seen;
        _pinned.Add(_stretch);
        return StretchStatus.Found;
    }

    private FeedStatus Deliver<TReader>(ref TReader reader)
        where TReader : struct, IFeedReader, allows ref struct
    {
        var cursor = new Cursor { Offset = _offset };
        long delivered = 0;
        while (delivered < BytesPerRead)
        {
            Cursor next = cursor;
            StretchStatus status = Peek(ref next, out Record record);
            if (status == StretchStatus.Lost)
            {
                return delivered > 0 ? FeedStatus.Delivered : Lose();
            }

            if (status == StretchStatus.AtEnd)
            {
                return delivered > 0 ? FeedStatus.Delivered : FeedStatus.UpToDate;
            }

            if (record.Kind is RecordKind.SegmentStart or RecordKind.Void || record.Revision <= Revision)
            {
                cursor = MoveTo(next);
                continue;
            }

            UnpinLarge();
            Extent extent = Measure(next, record, out Cursor end);
            if (extent == Extent.Lost)
            {
                return delivered > 0 ? FeedStatus.Delivered : Lose();
            }

            if (extent == Extent.Open)
            {
                return delivered > 0 ? FeedStatus.Delivered : FeedStatus.UpToDate;
            }

            if (extent == Extent.Whole)
            {
                delivered += DeliverTransaction(cursor, end, record.Revision, ref reader);
                Revision = record.Revision;
            }

            cursor = MoveTo(end);
        }

        return FeedStatus.Delivered;
    }

    /// <summary>The next record, in this segment or a later one, which is then pinned.</summary>
    private StretchStatus Peek(ref Cursor cursor, out Record record)
    {
        record = default;
        Span<Stretch> pinned = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pinned);
        while (cursor.Offset >= pinned[cursor.Index].End)
        {
            if (cursor.Index == pinned.Length - 1)
            {
                StretchStatus status = _source.Extend(ref pinned[cursor.Index], out Stretch next);
                SeenRevision = pinned[cursor.Index].Seen;
                if (status is StretchStatus.AtEnd or StretchStatus.Lost)
                {
                    return status;
                }

                if (status == StretchStatus.Grown)
                {
                    continue;
                }

                _pinned.Add(next);
                pinned = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pinned);
            }

            cursor.Index++;
            cursor.Offset = SegmentGeometry.SegmentHeaderBytes;
        }

        record = _source.At(pinned[cursor.Index], cursor.Offset);
        cursor.Offset += record.Size;
        return StretchStatus.Found;
    }

    /// <summary>Finds the end of the transaction that a record begins.</summary>
    /// <param name="at">Behind the record.</param>
    /// <param name="first">The record.</param>
    /// <param name="end">Behind its last record; of an abandoned one, where the next begins.</param>
    private Extent Measure(Cursor at, Record first, out Cursor end)
    {
        end = at;
        bool hasMore = first.HasMore;
        if (!TryHold(first))
        {
            return Extent.Lost;
        }

        while (hasMore)
        {
            Cursor next = end;
            StretchStatus status = Peek(ref next, out Record record);
            if (status != StretchStatus.Found)
            {
                return status == StretchStatus.Lost ? Extent.Lost : Extent.Open;
            }

            if (record.Kind != RecordKind.SegmentStart)
            {
                if (record.Revision != first.Revision)
                {
                    return Extent.Abandoned;
                }

                if (!TryHold(record))
                {
                    return Extent.Lost;
                }

                hasMore = record.HasMore;
            }

            end = next;
        }

        return Extent.Whole;
    }

    /// <summary>Holds a large record until the transaction is delivered. False when it was given back.</summary>
    private bool TryHold(Record record)
    {
        if (record.Kind != RecordKind.LargeItem)
        {
            return true;
        }

        if (!_source.TryPinLarge(record, out Record large, out int id))
        {
            return false;
        }

        _large.Add((id, large));
        return true;
    }

    private void UnpinLarge()
    {
        foreach ((int id, _) in _large)
        {
            _source.UnpinLarge(id);
        }

        _large.Clear();
    }

    private long DeliverTransaction<TReader>(Cursor from, Cursor end, ulong revision, ref TReader reader)
        where TReader : struct, IFeedReader, allows ref struct
    {
        long delivered = 0;
        int large = 0;
        while (from.Index < end.Index || from.Offset < end.Offset)
        {
            _ = Peek(ref from, out Record record);
            if (record.Kind == RecordKind.SegmentStart)
            {
                continue;
            }

            bool isLast = !record.HasMore;
            Record said = record.Kind == RecordKind.LargeItem ? _large[large++].Record : record;
            delivered += said.Size;
            reader.Read(new FeedChange(said, revision, isLast));
        }

        return delivered;
    }

    private Cursor MoveTo(Cursor cursor)
    {
        _stretch = _pinned[cursor.Index];
        _offset = cursor.Offset;
        return cursor;
    }

    private enum Extent
    {
        Whole,
        Abandoned,
        Open,
        Lost,
    }

    private struct Cursor
    {
        public int Index;
        public long Offset;
    }
}
