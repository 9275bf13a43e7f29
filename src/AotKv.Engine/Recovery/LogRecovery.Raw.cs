// Relies on: nobody else uses the store yet; several recovery threads do, each with segments of its own, and lock stripes as
// operations do.
using System.Diagnostics;
using AotKv.Engine.Log;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine.Recovery;

/// <summary>
/// Brings back what a data directory holds: checks every record (in parallel), finds where the log ends, lets the newest record of each key
/// into the index (in parallel), and makes the files say what was found, so that nothing behind the end can ever come back.
/// </summary>
internal sealed unsafe partial class LogRecovery
{
    private readonly Store _store;
    private readonly StoreOptions _options;
    private readonly LogFiles _files;
    private readonly FileBacking _backing;
    private readonly SegmentPool _pool;
    private readonly SegmentTable _segments;
    private readonly Memtable.Memtable _table;
    private readonly NamespaceTable _namespaces;
    private readonly SegmentQueue _young;
    private readonly SegmentQueue _main;
    private readonly LogHead _head;
    private readonly LogHead _mainHead;
    private readonly RecoveryReporter _reporter;
    private long _items;
    private ulong _lastRevision;

    public LogRecovery(
        Store store, StoreOptions options, LogFiles files, FileBacking backing, SegmentPool pool, Memtable.Memtable table,
        NamespaceTable namespaces, SegmentQueue young, SegmentQueue main, LogHead head, LogHead mainHead)
    {
        _store = store;
        _options = options;
        _files = files;
        _backing = backing;
        _pool = pool;
        _segments = pool.Table;
        _table = table;
        _namespaces = namespaces;
        _young = young;
        _main = main;
        _head = head;
        _mainHead = mainHead;
        _reporter = new RecoveryReporter(options.Progress, files);
    }

    /// <summary>The highest revision that was found.</summary>
    public ulong LastRevision => _lastRevision;

    /// <summary>Does it all.</summary>
    /// <exception cref="LogDamagedException">The log is damaged before its end, and repair was not asked for.</exception>
    /// <exception cref="DataDirectoryException">What was found cannot be written down.</exception>
    public void Run()
    {
        long started = Stopwatch.GetTimestamp();
        foreach (LogFile file in _files.Files)
        {
            _backing.Adopt(file.Id, file.Block);
            _pool.Adopt(file.Id, file.Block.Start, file.Block.Bytes, file.Header.IsLarge, file.Header.Sequence);
        }

        SegmentScan[] scans = ScanAll();
        scans = CheckDamage(scans);
        LogCut cut = FindCut(scans);
        foreach (SegmentScan scan in scans)
        {
            Segment* segment = _segments[scan.File.Id];
            segment->Used = scan.ValidBytes;
            _pool.StartSequencesAfter(scan.HighestSequence);
            if (scan.Start is { } start)
            {
                segment->Activation = start.Activation;
                segment->IsMain = start.IsMain;
            }
        }

        _lastRevision = cut.DurableRevision;
        LoadNamespaces(scans, cut.Limit);
        IndexAll(scans, cut);
        Settle(scans, cut);
        _reporter.Report("ready", _files.Files.Count, _items, _files.Bytes, final: true);
        if (_files.Files.Count > 0)
        {
            _options.Log?.Invoke(
                $"recovered {_items} items from {_files.Files.Count} segments in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        }
    }

    private SegmentScan[] ScanAll()
    {
        var scans = new SegmentScan[_files.Files.Count];
        int done = 0;
        long bytes = 0;
        ForEachSegment(_files.Files, (file, index) =>
        {
            scans[index] = SegmentScan.Run(file);
            _reporter.Report("checking", Interlocked.Increment(ref done), 0, Interlocked.Add(ref bytes, file.Block.Bytes));
        });
        return scans;
    }

    /// <summary>Damage in what was durable ends the recovery, or, with repair, keeps the file aside and takes what is good of it.</summary>
    private SegmentScan[] CheckDamage(SegmentScan[] scans)
    {
        foreach (SegmentScan scan in scans)
        {
            if (!scan.IsDamaged)
            {
                continue;
            }

            string what = $"a record's checksum is wrong, and everything up to byte {scan.File.Header.DurableBytes} was durable";
            if (!_options.Repair)
            {
                throw new LogDamagedException(scan.File.Block.Name, scan.ValidBytes, what);
            }

            _options.Log?.Invoke($"{scan.File.Block.Name} at byte {scan.ValidBytes}: {what}; the file is kept aside, what precedes is used");
            DamagedFile.KeepCopy(_files.Device, scan.File.Block);
        }

        return scans;
    }

    /// <summary>Finds the end of the log, including a large record that its reference has overtaken on the way to the disk.</summary>
    private LogCut FindCut(SegmentScan[] scans) => LogCut.Find(scans, _options.Repair, _options.Log);

    private void LoadNamespaces(SegmentScan[] scans, ulong limit)
    {
        var newest = new Dictionary<uint, (ulong Revision, NamespaceState State)>();
        foreach (SegmentScan scan in scans)
        {
            if (scan.Start == null || scan.NamespaceBytes == 0)
            {
                continue;
            }

            for (long at = SegmentGeometry.SegmentHeaderBytes; at < scan.ValidBytes;)
            {
                var record = new Record(scan.File.Block.Start + at);
                at += record.Size;
                if (record.Kind == RecordKind.Namespace && record.Revision < limit
                    && NamespaceState.TryRead(record.Value, out NamespaceState state)
                    && (!newest.TryGetValue(record.Namespace, out var known) || known.Revision < record.Revision))
                {
                    newest[record.Namespace] = (record.Revision, state);
                }
            }
        }

        lock (_namespaces.Gate)
        {
            foreach ((uint number, (ulong revision, NamespaceState state)) in newest)
            {
                StoreNamespace ns = number == 0 ? _namespaces.Default : new StoreNamespace(number, state.Name);
                ns.Empty(state.FlushedRevision, state.IsDropped);
                ns.StateRevision = revision;
                ns.FlushAtMicroseconds = state.FlushAtMicroseconds;
                if (number != 0)
                {
                    _namespaces.Publish(ns);
                }
            }
        }
    }

    private static void ForEachSegment<T>(IReadOnlyList<T> all, Action<T, int> body)
    {
        int next = -1;
        Exception? failure = null;
        int workers = Math.Min(Environment.ProcessorCount, all.Count);
        var threads = new Thread[workers];
        for (int i = 0; i < workers; i++)
        {
            threads[i] = new Thread(() =>
            {
                try
                {
                    for (int index = Interlocked.Increment(ref next); index < all.Count; index = Interlocked.Increment(ref next))
                    {
                        body(all[index], index);
                    }
                }
                catch (Exception error)
                {
                    Volatile.Write(ref failure, error);
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (failure != null)
        {
            throw new DataDirectoryException($"recovery failed: {failure.Message}", failure);
        }
    }
}
