// Relies on: ids below the geometry's MaxSegments; a segment's memory is given back only when no slot points into it and no
// reader pins it. The two native arrays are never moved or freed before the store is.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>
/// The memory behind the log: hands out segments and takes them back, and keeps what it holds within the budget (the memory
/// limit less the index).
/// </summary>
internal sealed unsafe class SegmentPool : IDisposable
{
    private readonly Segment* _segments;
    private readonly byte** _bases;
    private readonly long _segmentsBytes;
    private readonly long _basesBytes;
    private readonly int* _lock;
    private readonly int[] _freeShared;
    private readonly int[] _freeLarge;
    private readonly int[] _absent;
    private readonly long _offsetMask;
    private int _freeSharedCount; // pool lock
    private int _freeLargeCount; // pool lock
    private int _absentCount; // pool lock
    private long _committedBytes; // pool lock
    private long _freeLargeBytes; // pool lock
    private long _budgetBytes; // pool lock
    private long _indexBytes; // interlocked
    private bool _isUrgent; // pool lock

    public SegmentPool(SegmentGeometry geometry, long memoryLimitBytes, int* lockWord)
    {
        Geometry = geometry;
        _lock = lockWord;
        _budgetBytes = memoryLimitBytes;
        _offsetMask = (1L << geometry.OffsetBits) - 1;
        _segmentsBytes = NativePages.RoundUp((long)geometry.MaxSegments * sizeof(Segment));
        _basesBytes = NativePages.RoundUp((long)geometry.MaxSegments * sizeof(byte*));
        _segments = (Segment*)Throw.IfNoMemory(NativePages.Map(_segmentsBytes), _segmentsBytes);
        _bases = (byte**)Throw.IfNoMemory(NativePages.Map(_basesBytes), _basesBytes);
        _freeShared = new int[geometry.MaxSegments];
        _freeLarge = new int[geometry.MaxSegments];
        _absent = new int[geometry.MaxSegments];
        for (int id = geometry.MaxSegments - 1; id >= 0; id--)
        {
            _absent[_absentCount++] = id;
        }
    }

    public SegmentGeometry Geometry { get; }

    /// <summary>Shared segments that only the reclaimer may take, so that it can always move survivors out of a victim.</summary>
    public static int ReservedForRelocation => 2;

    /// <summary>How many segments beyond the reserve are kept ready: below that the maintenance thread works ahead.</summary>
    public static int LowWater => 2;

    /// <summary>Writers are about to run out of segments and have to help.</summary>
    public bool IsUrgent => Volatile.Read(ref _isUrgent);

    /// <summary>Whether the maintenance thread should free segments.</summary>
    public bool IsLow => AvailableShared < ReservedForRelocation + LowWater;

    /// <summary>Called, with locks held, when a segment was taken: there may be work to do ahead.</summary>
    public Maintenance? Listener { get; set; }

    /// <summary>Bytes of memory behind segments, free ones included.</summary>
    public long CommittedBytes => Volatile.Read(ref _committedBytes);

    /// <summary>Bytes of memory the index uses.</summary>
    public long IndexBytes => Volatile.Read(ref _indexBytes);

    /// <summary>Bytes for segments and index together.</summary>
    public long BudgetBytes => Volatile.Read(ref _budgetBytes);

    /// <summary>Shared segments that could be taken now: free ones and those the budget still allows.</summary>
    public int AvailableShared
    {
        get
        {
            long room = Volatile.Read(ref _budgetBytes) - IndexBytes - CommittedBytes + Volatile.Read(ref _freeLargeBytes);
            return Volatile.Read(ref _freeSharedCount) + (int)Math.Clamp(FloorDivide(room, Geometry.SegmentBytes), int.MinValue / 2, int.MaxValue / 2);
        }
    }

    /// <summary>The segment with an id.</summary>
    public Segment* this[int id]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _segments + id;
    }

    /// <summary>The record at a location.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Record At(long location) =>
        new(_bases[location >> Geometry.OffsetBits] + ((location & _offsetMask) * RecordLayout.Alignment));

    /// <summary>The segment a location lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Segment* Of(long location) => _segments + (location >> Geometry.OffsetBits);

    /// <summary>The location of an offset in a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Location(int id, long offset) => ((long)id << Geometry.OffsetBits) | (offset / RecordLayout.Alignment);

    /// <summary>The index grew or shrank.</summary>
    public void AddIndexBytes(long bytes) => Interlocked.Add(ref _indexBytes, bytes);

    /// <summary>Sets the memory limit anew; what is over it is given back as segments become free.</summary>
    public void SetBudget(long bytes)
    {
        WordLock.Enter(_lock);
        _budgetBytes = bytes;
        while (IsOverBudget() && _freeSharedCount > ReservedForRelocation)
        {
            Unmap(_freeShared[--_freeSharedCount]);
        }

        WordLock.Exit(_lock);
    }

    /// <summary>Takes a shared segment.</summary>
    /// <param name="forRelocation">The reserve may be used.</param>
    /// <returns>Its id, or -1 when the budget is used up.</returns>
    public int TakeShared(bool forRelocation)
    {
        int id = -1;
        WordLock.Enter(_lock);
        if (forRelocation || AvailableShared > ReservedForRelocation)
        {
            if (_freeSharedCount > 0)
            {
                id = _freeShared[--_freeSharedCount];
            }
            else
            {
                ReleaseFreeLarge(Geometry.SegmentBytes);
                id = MapNew(Geometry.SegmentBytes, isLarge: false, mayExceed: forRelocation);
            }

            if (id >= 0)
            {
                Prepare(id);
            }
        }

        NoteUrgency();
        WordLock.Exit(_lock);
        Listener?.Signal();
        return id;
    }

    /// <summary>Takes a segment for one large record.</summary>
    /// <param name="bytes">Its size, from <see cref="SegmentGeometry.LargeSegmentBytes"/>.</param>
    /// <returns>Its id, or -1 when the budget is used up.</returns>
    public int TakeLarge(long bytes)
    {
        WordLock.Enter(_lock);
        int id = -1;
        for (int i = _freeLargeCount - 1; i >= 0; i--)
        {
            if (_segments[_freeLarge[i]].Capacity == bytes)
            {
                id = _freeLarge[i];
                _freeLarge[i] = _freeLarge[--_freeLargeCount];
                _freeLargeBytes -= bytes;
                break;
            }
        }

        if (id < 0)
        {
            ReleaseFreeLarge(bytes);
            while (_freeSharedCount > ReservedForRelocation && !HasRoomFor(bytes))
            {
                Unmap(_freeShared[--_freeSharedCount]);
            }

            // The reserve of the reclaimer is never handed out: it may not be mapped yet.
            long reserve = (ReservedForRelocation - Math.Min(_freeSharedCount, ReservedForRelocation)) * Geometry.SegmentBytes;
            if (HasRoomFor(bytes + reserve))
            {
                id = MapNew(bytes, isLarge: true, mayExceed: false);
            }
        }

        if (id >= 0)
        {
            Prepare(id);
        }

        NoteUrgency();
        WordLock.Exit(_lock);
        return id;
    }

    /// <summary>Takes back a segment that no slot points into.</summary>
    public void Release(int id)
    {
        Segment* segment = _segments + id;
        Debug.Assert(segment->State is not (SegmentState.Free or SegmentState.Absent), "a segment is released once");
        WordLock.Enter(_lock);
        segment->State = SegmentState.Pinned;
        Interlocked.MemoryBarrier(); // pairs with the decrement in Unpin: one of the two sees the other
        if (Volatile.Read(ref segment->Pins) == 0)
        {
            Recycle(id);
        }

        NoteUrgency();
        WordLock.Exit(_lock);
    }

    /// <summary>Holds a segment's bytes beyond a stripe lock. Called with the stripe lock of a record in it held.</summary>
    public static void Pin(Segment* segment) => Interlocked.Increment(ref segment->Pins);

    /// <summary>Lets a pinned segment go.</summary>
    public void Unpin(Segment* segment)
    {
        if (Interlocked.Decrement(ref segment->Pins) == 0 && segment->State == SegmentState.Pinned)
        {
            WordLock.Enter(_lock);
            if (segment->State == SegmentState.Pinned && Volatile.Read(ref segment->Pins) == 0)
            {
                Recycle((int)(segment - _segments));
            }

            WordLock.Exit(_lock);
        }
    }

    /// <summary>Faults the pages of one free segment in, so that appending to it does not. False when there was nothing to do.</summary>
    public bool PopulateOne()
    {
        int id = -1;
        WordLock.Enter(_lock);
        if (_freeSharedCount == 0 && AvailableShared > ReservedForRelocation)
        {
            id = MapNew(Geometry.SegmentBytes, isLarge: false, mayExceed: false);
        }
        else if (_freeSharedCount > 0 && !_segments[_freeShared[_freeSharedCount - 1]].IsPopulated)
        {
            id = _freeShared[--_freeSharedCount];
        }

        WordLock.Exit(_lock);
        if (id < 0)
        {
            return false;
        }

        NativePages.Populate(_segments[id].Base, _segments[id].Capacity);
        WordLock.Enter(_lock);
        _segments[id].IsPopulated = true;
        _segments[id].State = SegmentState.Free;
        _freeShared[_freeSharedCount++] = id;
        WordLock.Exit(_lock);
        return true;
    }

    public void Dispose()
    {
        for (int id = 0; id < Geometry.MaxSegments; id++)
        {
            if (_segments[id].Base != null)
            {
                NativePages.Unmap(_segments[id].Base, _segments[id].Capacity);
            }
        }

        NativePages.Unmap((byte*)_segments, _segmentsBytes);
        NativePages.Unmap((byte*)_bases, _basesBytes);
    }

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : -((-value + by - 1) / by);

    private void NoteUrgency() => _isUrgent = AvailableShared <= ReservedForRelocation + 1;

    private bool HasRoomFor(long bytes) => _committedBytes + IndexBytes + bytes <= _budgetBytes;

    private bool IsOverBudget() => !HasRoomFor(0);

    private void ReleaseFreeLarge(long bytes)
    {
        while (_freeLargeCount > 0 && !HasRoomFor(bytes))
        {
            int id = _freeLarge[--_freeLargeCount];
            _freeLargeBytes -= _segments[id].Capacity;
            Unmap(id);
        }
    }

    private int MapNew(long bytes, bool isLarge, bool mayExceed)
    {
        if (_absentCount == 0 || (!mayExceed && !HasRoomFor(bytes)))
        {
            return -1;
        }

        byte* memory = NativePages.Map(bytes);
        if (memory == null)
        {
            return -1;
        }

        int id = _absent[--_absentCount];
        _segments[id] = new Segment
        {
            Base = memory,
            Capacity = bytes,
            IsLarge = isLarge,
            State = SegmentState.Free,
            Generation = _segments[id].Generation,
        };
        _bases[id] = memory;
        _committedBytes += bytes;
        return id;
    }

    private void Prepare(int id)
    {
        Segment* segment = _segments + id;
        segment->Used = SegmentGeometry.SegmentHeaderBytes;
        segment->Dead = 0;
        segment->MinExpiryMilliseconds = long.MaxValue;
        segment->Generation++;
        segment->IsMain = false;
        segment->HasFlushedSlots = false;
        segment->State = SegmentState.Active;
    }

    private void Recycle(int id)
    {
        Segment* segment = _segments + id;
        segment->State = SegmentState.Free;
        if (IsOverBudget() && (segment->IsLarge || _freeSharedCount >= ReservedForRelocation))
        {
            Unmap(id);
        }
        else if (segment->IsLarge)
        {
            _freeLarge[_freeLargeCount++] = id;
            _freeLargeBytes += segment->Capacity;
        }
        else
        {
            segment->IsPopulated = true;
            _freeShared[_freeSharedCount++] = id;
        }
    }

    private void Unmap(int id)
    {
        Segment* segment = _segments + id;
        _committedBytes -= segment->Capacity;
        NativePages.Unmap(segment->Base, segment->Capacity);
        _bases[id] = null;
        *segment = new Segment { Generation = segment->Generation };
        _absent[_absentCount++] = id;
    }
}
