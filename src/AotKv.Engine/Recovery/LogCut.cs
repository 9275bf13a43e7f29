using AotKv.Engine.Log;

namespace AotKv.Engine.Recovery;

/// <summary>
/// Where a log ends. New writes are one stream over several segments; it is valid up to the first hole. What lies beyond is dropped, so
/// that what is left is the state after some prefix of the operations. A hole before something that was durable is damage, not a torn write.
/// </summary>
internal sealed class LogCut
{
    private LogCut(List<SegmentScan> young, ulong limit, int kept)
    {
        Young = young;
        Limit = limit;
        Kept = kept;
    }

    /// <summary>The segments of new writes that hold records, in the order of the stream.</summary>
    public List<SegmentScan> Young { get; }

    /// <summary>Records with this revision or a higher one do not count.</summary>
    public ulong Limit { get; }

    /// <summary>The highest revision that is known to have been durable.</summary>
    public ulong DurableRevision { get; private init; }

    /// <summary>How many of <see cref="Young"/> are kept; the others lie behind the hole.</summary>
    public int Kept { get; }

    /// <summary>Finds the end.</summary>
    /// <param name="scans">All segments.</param>
    /// <param name="repair">Take damage for the end of the log.</param>
    /// <param name="log">Told what is cut.</param>
    /// <exception cref="LogDamagedException">Something durable lies behind the hole, and repair is off.</exception>
    public static LogCut Find(IReadOnlyList<SegmentScan> scans, bool repair, Action<string>? log)
    {
        var young = new List<SegmentScan>();
        var bySequence = new Dictionary<ulong, SegmentScan>();
        ulong durable = 0;
        foreach (SegmentScan scan in scans)
        {
            durable = Math.Max(durable, Math.Max(scan.File.Header.DurableRevision, scan.Start?.DurableRevision ?? 0));
            bySequence[scan.File.Header.Sequence] = scan;
            if (scan.Start is { IsMain: false })
            {
                young.Add(scan);
            }
        }

        young.Sort((a, b) => a.Start!.Value.Ordinal.CompareTo(b.Start!.Value.Ordinal));
        ulong limit = ulong.MaxValue;
        int kept = young.Count;
        for (int i = 0; i < young.Count; i++)
        {
            SegmentScan? hole = HoleBefore(young[i], bySequence);
            if (hole != null)
            {
                kept = i;
                limit = i == 0 ? 0 : young[i - 1].LastRevision + 1;
                Explain(hole, limit, durable, repair, log);
                break;
            }
        }

        ulong open = OpenAtTheEnd(young, kept);
        limit = DropOpenTransaction(open, young, kept, limit, durable, repair, log);
        limit = StopAtMissingLarge(young, kept, limit, durable, bySequence, repair, log);
        while (kept > 0 && young[kept - 1].FirstRevision >= limit)
        {
            kept--;
        }

        ulong last = kept == 0 ? 0 : young[kept - 1].LastRevision;
        if (last < durable && limit == ulong.MaxValue && kept > 0 && young[kept - 1].HasTornTail && !repair)
        {
            throw Damaged(young[kept - 1], $"revision {durable} was durable, and the log ends at {last}");
        }

        return new LogCut(young, limit, kept) { DurableRevision = durable };
    }

    /// <summary>The segment whose end is missing before another began, if there is one.</summary>
    private static SegmentScan? HoleBefore(SegmentScan scan, Dictionary<ulong, SegmentScan> bySequence)
    {
        SegmentStart start = scan.Start!.Value;

        // A segment that is not there any more was reclaimed, and with it everything in it that still counts moved elsewhere.
        return bySequence.TryGetValue(start.PreviousSequence, out SegmentScan? before) && before.ValidBytes < start.PreviousBytes ? before : null;
    }

    private static void Explain(SegmentScan hole, ulong limit, ulong durable, bool repair, Action<string>? log)
    {
        if (durable != 0 && limit <= durable && !repair)
        {
            throw Damaged(hole, $"what was written there was durable (up to revision {durable}), and cannot be read");
        }

        log?.Invoke($"{hole.File.Block.Name}: the log is torn at byte {hole.ValidBytes}; what follows was never durable and is dropped");
    }

    /// <summary>A transaction whose last record is missing did not happen.</summary>
    private static ulong DropOpenTransaction(
        ulong open, List<SegmentScan> young, int kept, ulong limit, ulong durable, bool repair, Action<string>? log)
    {
        if (open == 0)
        {
            return limit;
        }

        SegmentScan last = young[kept - 1];
        if (open <= durable && !repair)
        {
            throw Damaged(last, $"a transaction that was durable (revision {open}) is cut off");
        }

        log?.Invoke($"{last.File.Block.Name}: a transaction is cut off at byte {last.ValidBytes}; none of it is kept");
        return Math.Min(limit, open);
    }

    /// <summary>The transaction that is open at the end of the log; 0 when none is.</summary>
    private static ulong OpenAtTheEnd(List<SegmentScan> young, int kept)
    {
        for (int i = kept - 1; i >= 0; i--)
        {
            // A segment that holds no change yet goes on where the one before it ended. When that is not there any more it was
            // reclaimed, which it was only after every transaction in it was complete and durable.
            bool isFirst = i == 0 || young[i].Start!.Value.PreviousSequence != young[i - 1].File.Header.Sequence;
            if (young[i].FirstChange != 0 || isFirst)
            {
                return young[i].OpenTransaction;
            }
        }

        return 0;
    }

    /// <summary>A reference that has overtaken its large record on the way to the disk is a hole like any other.</summary>
    private static ulong StopAtMissingLarge(
        List<SegmentScan> young, int kept, ulong limit, ulong durable, Dictionary<ulong, SegmentScan> bySequence, bool repair, Action<string>? log)
    {
        for (int i = 0; i < kept; i++)
        {
            foreach ((ulong revision, LargeReference reference) in young[i].LargeReferences)
            {
                if (revision >= limit)
                {
                    continue;
                }

                // One that was durable and is not there was given back; another never got its file's name or header.
                bool isThere = bySequence.TryGetValue(reference.Sequence, out SegmentScan? large);
                if (isThere ? large!.HasRecords : revision <= durable)
                {
                    continue;
                }

                if (revision <= durable && !repair)
                {
                    throw Damaged(large!, $"the item of revision {revision} was durable, and cannot be read");
                }

                string name = FileBacking.NameOf(reference.SegmentId);
                log?.Invoke($"{name}: a large item was not written whole; the log ends before it, at revision {revision}");
                return revision;
            }
        }

        return limit;
    }

    private static LogDamagedException Damaged(SegmentScan scan, string what) => new(scan.File.Block.Name, scan.ValidBytes, what);
}
