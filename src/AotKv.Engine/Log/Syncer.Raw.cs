// Relies on: segments in its lists are not given back before it has handed them on; headers belong to the syncer once a segment
// is active.
using System.Collections.Concurrent;
using System.Diagnostics;
using AotKv.Engine.Measure;

namespace AotKv.Engine.Log;

/// <summary>
/// Makes the log durable, on its own thread. One sync serves everybody who waits: what was appended before it began is durable when it
/// ends. A sync that fails is never repeated as if nothing had happened: the store takes no more writes.
/// </summary>
internal sealed unsafe class Syncer : IDisposable
{
    private readonly SegmentPool _pool;
    private readonly SegmentBacking _backing;
    private readonly LogHead _head;
    private readonly LogHead _mainHead;
    private readonly Revisions _revisions;
    private readonly SyncMode _mode;
    private readonly int _intervalMilliseconds;
    private readonly Action<string>? _log;
    private readonly Lock _syncing = new();
    private readonly object _waiters = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly int[] _ids;
    private readonly int[] _pending;
    private readonly List<int> _marked = [];
    private readonly Thread _thread;
    private IDurabilityListener[] _listeners = [];
    private ulong _requested; // waiters' lock for writing
    private ulong _durable;
    private bool _hasWork;
    private bool _stop;
    private bool _owes;
    private string? _failure;

    public Syncer(
        SegmentPool pool, SegmentBacking backing, LogHead head, LogHead mainHead, Revisions revisions, SyncMode mode, int intervalMilliseconds,
        Action<string>? log)
    {
        _log = log;
        _pool = pool;
        _backing = backing;
        _head = head;
        _mainHead = mainHead;
        _revisions = revisions;
        _mode = mode;
        _intervalMilliseconds = mode == SyncMode.Interval ? intervalMilliseconds : Timeout.Infinite;
        _ids = new int[pool.Table.Count];
        _pending = new int[pool.Table.Count];
        _durable = revisions.Last;
        _thread = new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "sync" };
    }

    /// <summary>Segments whose emptiness is durable: the maintenance thread makes them ready again.</summary>
    public ConcurrentQueue<int> Recyclable { get; } = new();

    /// <summary>Everything up to this revision is on disk.</summary>
    public ulong DurableRevision => Volatile.Read(ref _durable);

    /// <summary>Why nothing can be made durable any more; null while all is well.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>
    /// A sync is under way that will make segments free or reclaimable, or there are sealed ones that wait for the next: whoever finds
    /// nothing to reclaim has to wait for it.
    /// </summary>
    public bool OwesSegments => Volatile.Read(ref _owes) || _head.HasUnsynced || _mainHead.HasUnsynced;

    /// <summary>Syncs done, for the statistics.</summary>
    public long Syncs { get; private set; }

    /// <summary>How long syncs took, those that failed included.</summary>
    public TimeHistogram Times { get; } = new();

    public void Start() => _thread.Start();

    public void AddListener(IDurabilityListener listener)
    {
        lock (_waiters)
        {
            _listeners = [.. _listeners, listener];
        }
    }

    /// <summary>Asks that everything up to a revision be made durable soon. Does not wait.</summary>
    public void Request(ulong revision)
    {
        if (revision > Volatile.Read(ref _requested))
        {
            lock (_waiters)
            {
                _requested = Math.Max(_requested, revision);
            }

            _wake.Set();
        }
    }

    /// <summary>There are segments to settle or to make free.</summary>
    public void Signal()
    {
        Volatile.Write(ref _hasWork, true);
        _wake.Set();
    }

    /// <summary>Waits until a revision is durable.</summary>
    /// <returns>False when the time was up or syncing has failed.</returns>
    public bool Wait(ulong revision, TimeSpan timeout)
    {
        Request(revision);
        long deadline = MonotonicTime.Milliseconds + (long)Math.Min(timeout.TotalMilliseconds, int.MaxValue);
        lock (_waiters)
        {
            while (DurableRevision < revision && Failure == null)
            {
                long left = deadline - MonotonicTime.Milliseconds;
                if (left <= 0 || !Monitor.Wait(_waiters, (int)left))
                {
                    return DurableRevision >= revision;
                }
            }
        }

        return DurableRevision >= revision;
    }

    /// <summary>Syncs now, on the caller's thread.</summary>
    /// <returns>False when it failed.</returns>
    public bool SyncNow()
    {
        lock (_syncing)
        {
            return Failure == null && SyncOnce();
        }
    }

    /// <summary>Ends the thread. What wakes it may still be called.</summary>
    public void Stop()
    {
        Volatile.Write(ref _stop, true);
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    public void Dispose() => _wake.Dispose();

    private void Run()
    {
        while (!Volatile.Read(ref _stop))
        {
            bool woken = _wake.WaitOne(_intervalMilliseconds);
            bool asked = Volatile.Read(ref _requested) > DurableRevision;
            bool due = !woken && _mode == SyncMode.Interval && _revisions.Last > DurableRevision;
            if (asked || due || Volatile.Read(ref _hasWork))
            {
                Volatile.Write(ref _hasWork, false);
                _ = SyncNow();
            }
        }
    }

    private bool SyncOnce()
    {
        Volatile.Write(ref _owes, true);
        long began = Stopwatch.GetTimestamp();
        bool good = SyncTaken();
        Times.Add((long)Stopwatch.GetElapsedTime(began).TotalNanoseconds);
        Volatile.Write(ref _owes, false);
        return good;
    }

    private bool SyncTaken()
    {
        // In this order: what made the pending segments empty was written before the positions below are read.
        int pending = _pool.TakePending(_pending);
        int count = TakePositions(out Position main, out Position young, out ulong revision);
        Volatile.Write(ref _owes, pending + count > 0);
        bool good = true;
        foreach (int id in _marked)
        {
            good = good && (_pool.Table[id]->State is SegmentState.Absent or SegmentState.Free || _backing.Sync(id));
        }

        _marked.Clear();
        for (int i = 0; i < count && good; i++)
        {
            good = _backing.Sync(_ids[i]);
        }

        good = good && _backing.SyncNames() && SyncActive(main) && SyncActive(young);
        if (!good)
        {
            Fail();
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            Settle(_ids[i], revision);
        }

        NoteProgress(main, revision);
        NoteProgress(young, revision);
        if (pending > 0 && !KeepNote(main, young, count, revision))
        {
            Fail();
            return false;
        }

        _head.DurableRevision = revision;
        _mainHead.DurableRevision = revision;
        Syncs++;
        Publish(revision);
        for (int i = 0; i < pending; i++)
        {
            _ = _marked.Remove(_pending[i]);
            Recyclable.Enqueue(_pending[i]);
        }

        if (pending > 0)
        {
            _pool.Listener?.Signal();
        }

        return true;
    }

    /// <summary>Notes how far both heads have come. Survivors before new writes: a copy is durable before what may make it the only one.</summary>
    private int TakePositions(out Position main, out Position young, out ulong revision)
    {
        _mainHead.EnterWhole();
        int count = _mainHead.TakeUnsynced(_ids);
        main = PositionOf(_mainHead);
        _mainHead.Exit();
        _head.EnterWhole();
        count += _head.TakeUnsynced(_ids.AsSpan(count));
        young = PositionOf(_head);
        revision = _revisions.Last;
        _head.Exit();
        return count;
    }

    private Position PositionOf(LogHead head)
    {
        int id = head.Active;
        return new Position(id, id < 0 ? 0 : _pool.Table[id]->Used);
    }

    /// <summary>
    /// Only what is written: the pages behind it were faulted in for writing, and a sync would write them out and make the next store into
    /// each of them wait for a fault.
    /// </summary>
    private bool SyncActive(Position position) =>
        position.Id < 0 || position.Used == _pool.Table[position.Id]->SyncedBytes || _backing.Sync(position.Id, position.Used);

    private void NoteProgress(Position position, ulong revision)
    {
        if (position.Id >= 0 && position.Used != _pool.Table[position.Id]->SyncedBytes)
        {
            Segment* segment = _pool.Table[position.Id];
            segment->SyncedBytes = position.Used;
            SegmentHeader.WriteProgress(segment->Base, segment->Sequence, position.Used, revision, isSealed: false);
        }
    }

    /// <summary>
    /// Before anything is given back, the disk holds a note of what is durable: recovery can then tell a large record that was given back
    /// (it was durable once) from one whose file never got its name.
    /// </summary>
    private bool KeepNote(Position main, Position young, int count, ulong revision)
    {
        Position active = young.Id >= 0 ? young : main;
        if (active.Id < 0)
        {
            return count == 0 || _backing.Sync(_ids[count - 1]); // its header says so already
        }

        Segment* segment = _pool.Table[active.Id];
        SegmentHeader.WriteProgress(segment->Base, segment->Sequence, active.Used, revision, isSealed: false);
        return _backing.Sync(active.Id, SegmentHeader.Bytes);
    }

    private void Settle(int id, ulong revision)
    {
        Segment* segment = _pool.Table[id];
        segment->SyncedBytes = segment->Used;
        SegmentHeader.WriteProgress(segment->Base, segment->Sequence, segment->Used, revision, isSealed: true);
        _marked.Add(id);
        Volatile.Write(ref segment->IsSettled, true);
    }

    private void Publish(ulong revision)
    {
        IDurabilityListener[] listeners;
        lock (_waiters)
        {
            Volatile.Write(ref _durable, revision);
            listeners = _listeners;
            Monitor.PulseAll(_waiters);
        }

        foreach (IDurabilityListener listener in listeners)
        {
            listener.OnDurable(revision);
        }
    }

    /// <summary>The disk has failed: no more writes.</summary>
    public void Fail()
    {
        string reason = (_backing as FileBacking)?.Device.LastError ?? "sync failed";
        IDurabilityListener[] listeners;
        lock (_waiters)
        {
            if (_failure != null)
            {
                return;
            }

            Volatile.Write(ref _failure, reason);
            listeners = _listeners;
            Monitor.PulseAll(_waiters);
        }

        _log?.Invoke($"{reason}: nothing is made durable or acknowledged any more; writes are refused, reads go on; restart when the disk is mended");
        foreach (IDurabilityListener listener in listeners)
        {
            listener.OnFailed(reason);
        }
    }

    private readonly record struct Position(int Id, long Used);
}
