// Relies on: as the other half of the class.
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Native;

namespace AotKv.Engine.Recovery;

/// <content>The index: the newest record of each key wins, deletions included; then deletions and what nobody can see are taken out.</content>
internal sealed unsafe partial class LogRecovery
{
    private const int BatchRecords = 16;
    private const int CountParts = 64;

    private void IndexAll(SegmentScan[] scans, LogCut cut)
    {
        var used = new List<SegmentScan>();
        foreach (SegmentScan scan in scans)
        {
            if (scan.Start is { } start && (start.IsMain || cut.Young.IndexOf(scan) < cut.Kept))
            {
                used.Add(scan);
            }
        }

        int done = 0;
        long bytes = 0;
        ForEachSegment(used, (scan, _) =>
        {
            IndexSegment(scan, cut);
            _reporter.Report("indexing", Interlocked.Increment(ref done), _items, Interlocked.Add(ref bytes, scan.File.Block.Bytes));
        });
        CountLive(used);
    }

    private void IndexSegment(SegmentScan scan, LogCut cut)
    {
        ulong limit = cut.Limit;
        byte* start = scan.File.Block.Start;
        ulong* hashes = stackalloc ulong[BatchRecords];
        long* offsets = stackalloc long[BatchRecords];
        long at = SegmentGeometry.SegmentHeaderBytes;
        ulong last = 0;
        while (at < scan.ValidBytes)
        {
            int count = 0;
            while (count < BatchRecords && at < scan.ValidBytes)
            {
                var record = new Record(start + at);
                if (record.Kind is not (RecordKind.SegmentStart or RecordKind.Namespace or RecordKind.Void) && record.Revision < limit)
                {
                    hashes[count] = _store.HashOf(record);
                    _table.PrefetchSlot(hashes[count]);
                    offsets[count++] = at;
                }

                if (record.Revision < limit)
                {
                    last = Math.Max(last, record.Revision);
                }

                at += record.Size;
            }

            for (int i = 0; i < count; i++)
            {
                IndexRecord(scan, hashes[i], offsets[i]);
            }
        }

        lock (_reporter)
        {
            _lastRevision = Math.Max(_lastRevision, last);
        }
    }

    private void IndexRecord(SegmentScan scan, ulong hash, long offset)
    {
        var record = new Record(scan.File.Block.Start + offset);
        long location = _segments.Location(scan.File.Id, offset);
        if (record.Kind == RecordKind.Deletion)
        {
            _segments[scan.File.Id]->TombstoneBytes += record.Size;
        }
        else if (record.Kind == RecordKind.LargeItem && FindLarge(record, out long large))
        {
            location = large; // without it the reference stands for itself, and hides what is older
        }

        var key = new ItemKey(record.Key, hash, record.Namespace);
        Stripe* stripe = _table.Lock(hash);
        ulong* slot = _table.Find(stripe, key, out Record present);
        bool wins = slot == null || record.Revision > present.Revision || (record.Revision == present.Revision && scan.Start!.Value.IsMain);

        // What had come to the main part was worth keeping: it gets a round there to show that it still is.
        ulong fresh = Slot.WithFrequency(Slot.Make(hash, location), scan.Start!.Value.IsMain ? 1 : 0);
        if (wins && slot != null)
        {
            *slot = fresh;
        }
        else if (wins && !_table.Insert(stripe, fresh))
        {
            wins = false; // a smaller memory limit than before: what does not fit into the index was evicted
        }

        if (wins && _segments.Of(location)->IsLarge)
        {
            _segments.Of(location)->ReferenceLocation = _segments.Location(scan.File.Id, offset);
        }

        Memtable.Memtable.Unlock(stripe);
    }

    /// <summary>Finds the large record that a reference means; false when it is not there (any more).</summary>
    private bool FindLarge(Record record, out long location)
    {
        location = 0;
        if (!LargeReference.TryRead(record.Value, out LargeReference reference)
            || (uint)reference.SegmentId >= (uint)_segments.Count)
        {
            return false;
        }

        Segment* large = _segments[reference.SegmentId];
        location = _segments.LargeLocation(reference.SegmentId);
        return large->Base != null && large->IsLarge && large->Sequence == reference.Sequence && large->Used > SegmentGeometry.SegmentHeaderBytes;
    }

    /// <summary>Takes deletions and what nobody can see out of the index, and counts the rest: in parallel, some stripes at a time.</summary>
    private void CountLive(List<SegmentScan> used)
    {
        long now = _store.Clock.Milliseconds;
        var live = new long[_segments.Count];
        int parts = Math.Min(CountParts, _table.StripeCount);
        int perPart = _table.StripeCount / parts; // both are powers of two
        ForEachSegment(new int[parts], (_, part) =>
        {
            var counted = new LiveCount(now, new long[live.Length]);
            for (int i = part * perPart; i < (part + 1) * perPart; i++)
            {
                Stripe* stripe = _table[i];
                WordLock.Enter(&stripe->Lock);
                _table.RemoveWhere(stripe, slot => !CountOne(stripe, slot, counted));
                Memtable.Memtable.Unlock(stripe);
            }

            lock (live)
            {
                _items += counted.Items;
                for (int id = 0; id < live.Length; id++)
                {
                    live[id] += counted.Bytes[id];
                }
            }
        });

        foreach (SegmentScan scan in used)
        {
            Segment* segment = _segments[scan.File.Id];
            long kept = live[scan.File.Id] + segment->TombstoneBytes + scan.NamespaceBytes;
            segment->Dead = Math.Max(0, segment->Used - SegmentGeometry.SegmentHeaderBytes - kept);
        }
    }

    /// <summary>Counts a slot's record in; false when it has to go.</summary>
    private bool CountOne(Stripe* stripe, ulong slot, LiveCount counted)
    {
        long location = Slot.Location(slot);
        Record record = _segments.At(location);
        Segment* segment = _segments.Of(location);
        if (record.Kind is RecordKind.Deletion or RecordKind.LargeItem || record.Revision <= FlushedRevisionOf(record))
        {
            return false;
        }

        long expiry = record.ExpiryMilliseconds;
        if (expiry != 0 && expiry <= counted.NowMilliseconds)
        {
            return false;
        }

        counted.Items++;
        long size = record.Size;
        _store.CountItem(stripe, record.Namespace, 1, size);
        long held = location;
        if (segment->IsLarge)
        {
            held = segment->ReferenceLocation;
            segment->State = SegmentState.Sealed;
            Interlocked.Add(ref _segments.Of(held)->LargeBytes, segment->Capacity);
            size = _segments.At(held).Size;
        }

        counted.Bytes[_segments.IdOf(held)] += size;
        if (expiry != 0)
        {
            _store.NoteExpiry(held, expiry);
        }

        return true;
    }

    /// <summary>What one thread has counted.</summary>
    private sealed class LiveCount(long nowMilliseconds, long[] bytes)
    {
        /// <summary>What has expired before this does not count.</summary>
        public long NowMilliseconds { get; } = nowMilliseconds;

        /// <summary>Bytes of live records, by segment.</summary>
        public long[] Bytes { get; } = bytes;

        public long Items { get; set; }
    }

    private ulong FlushedRevisionOf(Record record) => _namespaces.Find(record.Namespace)?.FlushedRevision ?? ulong.MaxValue;
}
