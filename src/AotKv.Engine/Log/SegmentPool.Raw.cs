// Relies on: a segment's memory is given back only when no slot points into it and no reader pins it. Calls that may wait for a
// disk (Prepare, Create, Recycle in a durable pool) are made without any lock.
using System.Diagnostics;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>
/// The memory behind the log: hands out segments and takes them back, and keeps what it holds within the budget (the memory limit
/// less the index). In a durable log a segment is handed out only after its new header is on disk, and taken back for good only
/// after what made it empty is.
/// </summary>
internal sealed unsafe partial class SegmentPool : IDisposable
{
    private readonly SegmentTable _table;
    private readonly SegmentBacking _backing;
    private readonly int* _lock;
    private readonly int[] _freeShared;
    private readonly int[] _freeLarge;
    private readonly int[] _absent;
    private readonly int[] _pending;
    private int _freeSharedCount; // pool lock
    private int _freeLargeCount; // pool lock
    private int _absentCount; // pool lock
    private int _pendingCount; // pool lock
    private int _preparing; // pool lock; segments on their way to the free list
    private long _freeLargeBytes; // pool lock
    private long _committedBytes; // pool lock
    private long _budgetBytes; // pool lock
    private long _indexBytes; // interlocked
    private long _awaitedIndexBytes; // room that the index waits for
    private ulong _nextSequence = 1; // pool lock
    private bool _isUrgent; // pool lock
    private int _evictedHolders; // interlocked

    public SegmentPool(SegmentTable table, SegmentBacking backing, long memoryLimitBytes, ulong storeId, int* lockWord)
    {
        _table = table;
        _backing = backing;
        _lock = lockWord;
        StoreId = storeId;
        _budgetBytes = memoryLimitBytes;
        _freeShared = new int[table.Count];
        _freeLarge = new int[table.Count];
        _absent = new int[table.Count];
        _pending = new int[table.Count];
        for (int id = table.Count - 1; id >= 0; id--)
        {
            _absent[_absentCount++] = id;
        }
    }

    /// <summary>Shared segments that only the reclaimer may take, so that it can always move survivors out of a victim.</summary>
    public static int ReservedForRelocation => 2;

    /// <summary>How many segments beyond the reserve are kept ready: below that the maintenance thread works ahead.</summary>
    public static int LowWater => 2;

    public SegmentTable Table => _table;

    public SegmentGeometry Geometry => _table.Geometry;

    /// <summary>Segments outlive the process.</summary>
    public bool IsDurable => _backing.IsDurable;

    /// <summary>The number that marks every file of this store.</summary>
    public ulong StoreId { get; set; }

    /// <summary>Called, with locks held, when a segment was taken: there may be work to do ahead.</summary>
    public Maintenance? Listener { get; set; }

    /// <summary>A test's way to let shared segments run out between two calls; asked with locks held.</summary>
    internal Func<bool>? RunsOut { get; set; }

    /// <summary>Writers are about to run out of segments and have to help.</summary>
    public bool IsUrgent => Volatile.Read(ref _isUrgent);

    /// <summary>Whether the maintenance thread should free or make segments.</summary>
    public bool IsLow => AvailableShared < ReservedForRelocation + LowWater;

    /// <summary>Whether a durable pool has the budget for another file, and the device has room as far as is known. A glance.</summary>
    public bool MayCreateShared => IsDurable && !IsDeviceFull && Volatile.Read(ref _absentCount) > 0 && HasRoomFor(Geometry.SegmentBytes);

    /// <summary>Whether the device said that it is full, and nothing was got from it since.</summary>
    public bool IsDeviceFull { get; private set; }

    /// <summary>A sync of the pool's own has failed: nothing may be acknowledged any more.</summary>
    public bool HasSyncFailed { get; private set; }

    /// <summary>
    /// Some segments on disk still hold items that were evicted: a crash now would bring them back. Until they are gone, a deletion of an
    /// absent key has to be written down too.
    /// </summary>
    public bool HoldsEvicted => Volatile.Read(ref _evictedHolders) != 0;

    /// <summary>Bytes of memory behind segments, free ones included.</summary>
    public long CommittedBytes => Volatile.Read(ref _committedBytes);

    /// <summary>Bytes of memory the index uses.</summary>
    public long IndexBytes => Volatile.Read(ref _indexBytes);

    /// <summary>Bytes for segments and index together.</summary>
    public long BudgetBytes => Volatile.Read(ref _budgetBytes);

    /// <summary>Segments that are empty and wait for a sync.</summary>
    public int PendingCount => Volatile.Read(ref _pendingCount);

    /// <summary>
    /// Shared segments that could be taken now: free ones, and in memory also those the budget still allows (a file has to be made
    /// ready first).
    /// </summary>
    public int AvailableShared => Volatile.Read(ref _freeSharedCount) + (IsDurable ? 0 : MappableShared);

    /// <summary>Shared segments the budget still allows; negative when it is exceeded.</summary>
    public int MappableShared
    {
        get
        {
            long room = Volatile.Read(ref _budgetBytes) - IndexBytes - CommittedBytes + Volatile.Read(ref _freeLargeBytes);
            return (int)Math.Clamp(FloorDivide(room, Geometry.SegmentBytes), int.MinValue / 2, int.MaxValue / 2);
        }
    }

    /// <summary>The index grew or shrank.</summary>
    public void AddIndexBytes(long bytes) => Interlocked.Add(ref _indexBytes, bytes);

    /// <summary>Sets the memory limit anew; what is over it is given back as segments become free.</summary>
    public void SetBudget(long bytes)
    {
        WordLock.Enter(_lock);
        _budgetBytes = bytes;
        WordLock.Exit(_lock);
        Trim();
    }

    /// <summary>Takes a shared segment.</summary>
    /// <param name="mayUseReserve">The reserve may be used.</param>
    /// <returns>Its id, or -1 when there is none now.</returns>
    public int TakeShared(bool mayUseReserve)
    {
        int id = -1;
        WordLock.Enter(_lock);
        if ((mayUseReserve || AvailableShared > ReservedForRelocation) && RunsOut?.Invoke() != true)
        {
            if (_freeSharedCount > 0)
            {
                id = _freeShared[--_freeSharedCount];
            }
            else if (!IsDurable)
            {
                ReleaseFreeLarge(Geometry.SegmentBytes);
                id = MapNew(Geometry.SegmentBytes, isLarge: false, mayExceed: mayUseReserve);
            }

            Activate(id);
        }

        NoteUrgency();
        WordLock.Exit(_lock);
        Listener?.Signal();
        return id;
    }

    /// <summary>Holds a segment's bytes beyond a stripe lock. Called with the stripe lock of a record in it held.</summary>
    public static void Pin(Segment* segment) => Interlocked.Increment(ref segment->Pins);

    /// <summary>Lets a pinned segment go.</summary>
    public void Unpin(Segment* segment)
    {
        if (Interlocked.Decrement(ref segment->Pins) == 0 && segment->State == SegmentState.Pinned)
        {
            bool recycle = false;
            WordLock.Enter(_lock);
            if (segment->State == SegmentState.Pinned && Volatile.Read(ref segment->Pins) == 0)
            {
                recycle = true;
                segment->State = SegmentState.Pending;
            }

            WordLock.Exit(_lock);
            if (recycle)
            {
                Recycle(_table.IdOf(segment));
            }
        }
    }

    /// <summary>Takes back a segment that no slot points into.</summary>
    public void Release(int id)
    {
        Segment* segment = _table[id];
        Debug.Assert(segment->State is not (SegmentState.Free or SegmentState.Absent or SegmentState.Pending), "a segment is released once");
        bool recycle = false;
        WordLock.Enter(_lock);
        if (IsDurable)
        {
            segment->State = SegmentState.Pending;
            _pending[_pendingCount++] = id;
        }
        else
        {
            segment->State = SegmentState.Pinned;
            Interlocked.MemoryBarrier(); // pairs with the decrement in Unpin: one of the two sees the other
            recycle = Volatile.Read(ref segment->Pins) == 0;
            segment->State = recycle ? SegmentState.Pending : SegmentState.Pinned;
        }

        WordLock.Exit(_lock);
        if (recycle)
        {
            Recycle(id);
        }
        else
        {
            Listener?.Signal();
        }
    }

    /// <summary>The segments that became empty before this call: a sync that begins now makes them free.</summary>
    public int TakePending(Span<int> ids)
    {
        WordLock.Enter(_lock);
        int count = Math.Min(_pendingCount, ids.Length);
        _pending.AsSpan(0, count).CopyTo(ids);
        _pending.AsSpan(count, _pendingCount - count).CopyTo(_pending);
        _pendingCount -= count;
        WordLock.Exit(_lock);
        return count;
    }

    /// <summary>Faults the pages of one free segment in, so that appending to it does not. False when there was nothing to do.</summary>
    public bool PopulateOne()
    {
        int id = -1;
        WordLock.Enter(_lock);
        if (_freeSharedCount == 0 && !IsDurable && AvailableShared > ReservedForRelocation)
        {
            id = MapNew(Geometry.SegmentBytes, isLarge: false, mayExceed: false);
        }
        else if (_freeSharedCount > 0 && !_table[_freeShared[_freeSharedCount - 1]]->IsPopulated)
        {
            id = _freeShared[--_freeSharedCount];
        }

        WordLock.Exit(_lock);
        if (id < 0)
        {
            return false;
        }

        NativePages.Populate(_table[id]->Base, _table[id]->Capacity);
        WordLock.Enter(_lock);
        _table[id]->IsPopulated = true;
        PushFree(id);
        WordLock.Exit(_lock);
        return true;
    }

    public void Dispose()
    {
        for (int id = 0; id < _table.Count && !IsDurable; id++)
        {
            if (_table[id]->Base != null)
            {
                _backing.Free(id, _table[id]->Base, _table[id]->Capacity);
            }
        }

        _backing.Dispose();
    }

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : -((-value + by - 1) / by);

    private void NoteUrgency() => _isUrgent = AvailableShared <= ReservedForRelocation + 1;

    private bool HasRoomFor(long bytes) => _committedBytes + IndexBytes + bytes <= _budgetBytes;

    private void Activate(int id)
    {
        if (id >= 0)
        {
            _table[id]->State = SegmentState.Active;
        }
    }

    /// <summary>Gives a segment a new life. Pool lock held.</summary>
    private void SetReady(int id)
    {
        Segment* segment = _table[id];
        segment->Used = SegmentGeometry.SegmentHeaderBytes;
        segment->Dead = 0;
        segment->MinExpiryMilliseconds = long.MaxValue;
        segment->LargeBytes = 0;
        segment->ReferenceLocation = 0;
        segment->TombstoneBytes = 0;
        segment->SyncedBytes = 0;
        segment->Generation++;
        segment->Sequence = _nextSequence++;
        segment->IsMain = false;
        segment->IsSettled = !IsDurable;
        segment->NeedsSweep = false;
        segment->DueSince = 0;
        segment->IsOrphan = false;
    }

    private void PushFree(int id)
    {
        Segment* segment = _table[id];
        segment->State = SegmentState.Free;
        if (segment->IsLarge)
        {
            _freeLarge[_freeLargeCount++] = id;
            _freeLargeBytes += segment->Capacity;
        }
        else
        {
            _freeShared[_freeSharedCount++] = id;
        }

        NoteUrgency();
    }
}
