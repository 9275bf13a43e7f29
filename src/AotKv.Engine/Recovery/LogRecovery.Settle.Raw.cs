// Relies on: as the other half of the class.
using AotKv.Engine.Log;

namespace AotKv.Engine.Recovery;

/// <content>The files: they are made to say what was found, before anything new is written.</content>
internal sealed unsafe partial class LogRecovery
{
    /// <summary>
    /// Segments behind the end are emptied, the latest first, so that a crash in here finds the same end again. Then every segment that is
    /// kept is sealed where its records end: nothing is ever appended to it, so old bytes behind the end stay behind it.
    /// </summary>
    private void Settle(SegmentScan[] scans, LogCut cut)
    {
        MakeFoundDurable(scans);
        for (int i = cut.Young.Count - 1; i >= cut.Kept; i--)
        {
            Clear(cut.Young[i].File.Id);
        }

        foreach (SegmentScan scan in scans)
        {
            int id = scan.File.Id;
            Segment* segment = _segments[id];
            if (segment->State == SegmentState.Free)
            {
                continue; // cleared above
            }

            if (scan.File.Header.IsLarge)
            {
                continue; // below
            }

            if (scan.Start == null)
            {
                Clear(id);
            }
            else if (scan.Start.Value.IsMain || cut.Young.IndexOf(scan) < cut.Kept)
            {
                Seal(scan, EndOf(scan, cut.Limit), Math.Min(scan.LastRevision, cut.Limit - 1));
            }
        }

        // Only now: as long as the note of what is durable is older than a large record, that record is not taken for one given back.
        foreach (SegmentScan scan in scans)
        {
            if (scan.File.Header.IsLarge)
            {
                SettleLarge(scan);
            }
        }

        cut.Young.RemoveRange(cut.Kept, cut.Young.Count - cut.Kept);
        foreach (SegmentScan scan in cut.Young)
        {
            _segments[scan.File.Id]->Ordinal = scan.Start!.Value.Ordinal;
            _young.Enqueue(scan.File.Id);
        }

        List<SegmentScan> main = MainInOrder(scans);
        foreach (SegmentScan scan in main)
        {
            _main.Enqueue(scan.File.Id);
        }

        GoOnBehind(_head, cut.Young);
        GoOnBehind(_mainHead, main);
    }

    /// <summary>
    /// What a killed process has left may be in the system's memory only. The names of files and large records become durable before
    /// any header says that what refers to them is; those too that nothing refers to any more, as long as they are there.
    /// </summary>
    private void MakeFoundDurable(SegmentScan[] scans)
    {
        foreach (LogFile file in _files.Files)
        {
            if (!_backing.IsNoted(file.Id))
            {
                Sync(file.Id);
            }
        }

        if (!_backing.SyncNamesAnyway())
        {
            throw CannotSync();
        }

        foreach (SegmentScan scan in scans)
        {
            int id = scan.File.Id;
            if (scan.File.Header.IsLarge && !scan.File.Header.IsSealed && scan.HasRecords)
            {
                Sync(id);

                // It says nothing yet of what else is durable: the reference may not be.
                SegmentHeader.WriteProgress(scan.File.Block.Start, scan.File.Header.Sequence, scan.ValidBytes, durableRevision: 0, isSealed: true);
            }
        }
    }

    private void GoOnBehind(LogHead head, List<SegmentScan> segments)
    {
        if (segments.Count > 0)
        {
            SegmentScan last = segments[^1];
            head.StartAfter(last.Start!.Value.Ordinal, last.File.Header.Sequence, _segments[last.File.Id]->Used);
        }
    }

    private static List<SegmentScan> MainInOrder(SegmentScan[] scans)
    {
        var main = new List<SegmentScan>();
        foreach (SegmentScan scan in scans)
        {
            if (scan.Start is { IsMain: true })
            {
                main.Add(scan);
            }
        }

        main.Sort((a, b) => a.Start!.Value.Ordinal.CompareTo(b.Start!.Value.Ordinal));
        return main;
    }

    /// <summary>Where a segment's records end: at the limit when that falls into it.</summary>
    private static long EndOf(SegmentScan scan, ulong limit)
    {
        if (scan.LastRevision < limit || scan.Start!.Value.IsMain)
        {
            return scan.ValidBytes;
        }

        long at = SegmentGeometry.SegmentHeaderBytes;
        while (at < scan.ValidBytes)
        {
            var record = new Record(scan.File.Block.Start + at);
            if (record.Revision >= limit)
            {
                break;
            }

            at += record.Size;
        }

        return at;
    }

    private void Seal(SegmentScan scan, long end, ulong revision)
    {
        int id = scan.File.Id;
        Segment* segment = _segments[id];
        segment->Used = end;
        segment->SyncedBytes = end;
        segment->IsSettled = true;
        if (!scan.File.Header.IsSealed || end != scan.File.Header.DurableBytes)
        {
            if (scan.HasTornTail)
            {
                _options.Log?.Invoke($"{scan.File.Block.Name}: a torn write at byte {end} is cut off");
            }

            // The records first: a killed process may have left them in the system's memory only. Should the header be damaged later,
            // what follows the end is still no record.
            new Span<byte>(segment->Base + end, (int)Math.Min(RecordLayout.HeaderBytes, segment->Capacity - end)).Clear();
            Sync(id);
            SegmentHeader.WriteProgress(segment->Base, segment->Sequence, end, revision, isSealed: true);
            Sync(id);
        }
    }

    private void SettleLarge(SegmentScan scan)
    {
        int id = scan.File.Id;
        Segment* segment = _segments[id];
        if (segment->State == SegmentState.Sealed)
        {
            segment->Used = scan.ValidBytes;
            segment->IsSettled = true;
        }
        else if (!_pool.Discard(id)) // nothing refers to it
        {
            throw CannotSync();
        }
    }

    private void Clear(int id)
    {
        if (!_pool.Recycle(id))
        {
            throw CannotSync();
        }
    }

    private void Sync(int id)
    {
        if (!_backing.Sync(id))
        {
            throw CannotSync();
        }
    }

    private DataDirectoryException CannotSync() =>
        new($"the data directory {_options.DataDirectory} cannot be written: {_backing.Device.LastError}");
}
