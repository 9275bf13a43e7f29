// Relies on: as the other half of the class.
using AotKv.Engine.Log.Devices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <content>Where segments come from and go to: mapping, recycling, large ones.</content>
internal sealed unsafe partial class SegmentPool
{
    /// <summary>Takes a segment for one large record. A durable pool waits for the disk here: no lock may be held.</summary>
    /// <param name="bytes">Its size, from <see cref="SegmentGeometry.LargeSegmentBytes"/>.</param>
    /// <returns>Its id, or -1 when the budget is used up.</returns>
    public int TakeLarge(long bytes)
    {
        WordLock.Enter(_lock);
        int id = PopFreeLarge(bytes);
        if (id < 0 && !IsDurable)
        {
            id = MapLarge(bytes);
        }

        Activate(id);
        NoteUrgency();
        WordLock.Exit(_lock);
        return id >= 0 || !IsDurable ? id : CreateLarge(bytes);
    }

    /// <summary>Takes over a file that recovery has found. It counts as active until recovery has decided about it.</summary>
    public void Adopt(int id, byte* memory, long bytes, bool isLarge, ulong sequence)
    {
        int at = Array.IndexOf(_absent, id, 0, _absentCount);
        _absent[at] = _absent[--_absentCount];
        _table.Attach(id, memory, bytes, isLarge);
        SetReady(id);
        _table[id]->Sequence = sequence;
        _table[id]->IsPopulated = true;
        _table[id]->State = SegmentState.Active;
        _nextSequence = Math.Max(_nextSequence, sequence + 1);
        _committedBytes += bytes;
    }

    /// <summary>Segments get higher sequences than this from now on.</summary>
    public void StartSequencesAfter(ulong sequence) => _nextSequence = Math.Max(_nextSequence, sequence + 1);

    /// <summary>Deletes a file that recovery has found to be of no use.</summary>
    public bool Discard(int id) => EmptyAndUnmap(id);

    /// <summary>Makes one more shared segment of a durable pool ready, if the budget and the disk allow it. No lock may be held.</summary>
    public bool CreateShared()
    {
        int id = Reserve(Geometry.SegmentBytes, isLarge: false);
        if (id < 0)
        {
            return false;
        }

        return Prepare(id) && Noted(_backing.SyncNames());
    }

    /// <summary>
    /// Puts a segment that is empty, and whose emptiness is durable, to a new use: or gives it back when the budget is exceeded or enough
    /// are free. A durable pool waits for the disk here: no lock may be held.
    /// </summary>
    public bool Recycle(int id)
    {
        Segment* segment = _table[id];
        if (IsDurable && Volatile.Read(ref segment->Pins) != 0)
        {
            return RetirePinned(id);
        }

        WordLock.Enter(_lock);
        bool isSurplus = IsDurable && (segment->IsLarge || _freeSharedCount + _preparing > ReservedForRelocation + (2 * LowWater));
        if ((!HasRoomFor(Volatile.Read(ref _awaitedIndexBytes)) && (segment->IsLarge || _freeSharedCount >= ReservedForRelocation)) || isSurplus)
        {
            WordLock.Exit(_lock);
            return EmptyAndUnmap(id);
        }

        if (!IsDurable)
        {
            segment->IsPopulated = true;
            SetReady(id);
            PushFree(id);
            WordLock.Exit(_lock);
            return true;
        }

        _preparing++;
        WordLock.Exit(_lock);
        return Prepare(id);
    }

    /// <summary>
    /// A reader still sends from an empty segment. Its records are made invalid on disk, as its turn has come; the bytes stay until a
    /// later sync finds the reader gone.
    /// </summary>
    private bool RetirePinned(int id)
    {
        bool synced = Invalidate(id);
        WordLock.Enter(_lock);
        _pending[_pendingCount++] = id;
        WordLock.Exit(_lock);
        return synced;
    }

    /// <summary>
    /// Deletes a file, whose name may come back after a power cut: none of its records may then, since what hid them may be gone as well.
    /// </summary>
    private bool EmptyAndUnmap(int id)
    {
        bool synced = !IsDurable || Invalidate(id);
        Unmap(id);
        return synced;
    }

    /// <summary>Items are about to be evicted from a segment.</summary>
    public void NoteEviction(Segment* segment)
    {
        if (IsDurable && !segment->HoldsEvicted)
        {
            segment->HoldsEvicted = true;
            Interlocked.Increment(ref _evictedHolders);
        }
    }

    /// <summary>The segment's old records are invalid on disk.</summary>
    private void NoteInvalid(Segment* segment)
    {
        if (segment->HoldsEvicted)
        {
            segment->HoldsEvicted = false;
            Interlocked.Decrement(ref _evictedHolders);
        }
    }

    private bool Noted(bool synced)
    {
        HasSyncFailed |= !synced;
        return synced;
    }

    /// <summary>Makes a segment's records invalid, durably.</summary>
    private bool Invalidate(int id)
    {
        Segment* segment = _table[id];
        WordLock.Enter(_lock);
        segment->Sequence = _nextSequence++;
        WordLock.Exit(_lock);
        SegmentHeader.Write(segment->Base, StoreId, segment->Sequence, segment->Capacity, segment->IsLarge);
        bool synced = Noted(_backing.Sync(id));
        if (synced)
        {
            NoteInvalid(segment);
        }

        return synced;
    }

    /// <summary>
    /// The index is about to take so many bytes: where they would exceed the budget, free segments make room first. In memory only: a file
    /// may not be deleted before its end is durable, and that takes too long here.
    /// </summary>
    /// <returns>False when they still exceed it.</returns>
    public bool MakeRoomForIndex(long bytes)
    {
        if (!IsDurable && !HasRoomFor(bytes))
        {
            Trim(bytes);
        }

        return HasRoomFor(bytes);
    }

    /// <summary>The same for what can wait: when there is no room, segments that become free are given back until there is.</summary>
    public bool TryMakeRoomForIndex(long bytes)
    {
        bool hasRoom = MakeRoomForIndex(bytes);
        Volatile.Write(ref _awaitedIndexBytes, hasRoom ? 0 : bytes);
        return hasRoom;
    }

    /// <summary>Gives free memory back that is over the budget, or would be with so many bytes more.</summary>
    private void Trim(long bytes = 0)
    {
        int id;
        do
        {
            WordLock.Enter(_lock);
            ReleaseFreeLarge(0);
            id = !HasRoomFor(bytes) && _freeSharedCount > ReservedForRelocation ? _freeShared[--_freeSharedCount] : -1;
            NoteUrgency();
            WordLock.Exit(_lock);
            if (id >= 0)
            {
                Unmap(id);
            }
        }
        while (id >= 0);
    }

    /// <summary>Writes a segment's new header, syncs it, and makes the segment free, with its pages faulted in.</summary>
    private bool Prepare(int id)
    {
        Segment* segment = _table[id];
        WordLock.Enter(_lock);
        SetReady(id);
        WordLock.Exit(_lock);
        SegmentHeader.Write(segment->Base, StoreId, segment->Sequence, segment->Capacity, segment->IsLarge);
        bool synced = Noted(_backing.Sync(id));
        if (synced)
        {
            _backing.FaultIn(id); // after the sync, which would undo it
        }

        WordLock.Enter(_lock);
        _preparing--;
        if (synced)
        {
            NoteInvalid(segment);
            segment->IsPopulated = true;
            PushFree(id);
        }

        WordLock.Exit(_lock);
        return synced;
    }

    /// <summary>Makes a file for a large record. Its header needs no sync of its own: the record's reference is synced after both.</summary>
    private int CreateLarge(long bytes)
    {
        int id = Reserve(bytes, isLarge: true);
        if (id < 0)
        {
            return -1;
        }

        WordLock.Enter(_lock);
        _preparing--;
        SetReady(id);
        Activate(id);
        WordLock.Exit(_lock);
        SegmentHeader.Write(_table[id]->Base, StoreId, _table[id]->Sequence, bytes, isLarge: true);
        return id;
    }

    /// <summary>Gets an id, budget and bytes for a segment of a durable pool. The bytes are got without the lock.</summary>
    private int Reserve(long bytes, bool isLarge)
    {
        WordLock.Enter(_lock);
        int id = -1;
        long reserve = isLarge ? Math.Max(0, ReservedForRelocation - _freeSharedCount - _preparing) * Geometry.SegmentBytes : 0;
        if (_absentCount > 0 && (HasRoomFor(bytes + reserve) || (!isLarge && _freeSharedCount + _preparing < ReservedForRelocation)))
        {
            id = _absent[--_absentCount];
            _committedBytes += bytes;
            _preparing++;
        }

        WordLock.Exit(_lock);
        if (id < 0)
        {
            return -1;
        }

        DeviceStatus status = _backing.Allocate(id, bytes, out byte* memory);
        IsDeviceFull = status == DeviceStatus.Full;
        if (status == DeviceStatus.Ok)
        {
            _table.Attach(id, memory, bytes, isLarge);
            return id;
        }

        WordLock.Enter(_lock);
        _committedBytes -= bytes;
        _preparing--;
        _absent[_absentCount++] = id;
        WordLock.Exit(_lock);
        return -1;
    }

    private int PopFreeLarge(long bytes)
    {
        for (int i = _freeLargeCount - 1; i >= 0; i--)
        {
            int id = _freeLarge[i];
            if (_table[id]->Capacity == bytes)
            {
                _freeLarge[i] = _freeLarge[--_freeLargeCount];
                _freeLargeBytes -= bytes;
                return id;
            }
        }

        return -1;
    }

    private int MapLarge(long bytes)
    {
        ReleaseFreeLarge(bytes);
        while (_freeSharedCount > ReservedForRelocation && !HasRoomFor(bytes))
        {
            UnmapAnonymous(_freeShared[--_freeSharedCount]);
        }

        // The reserve of the reclaimer is never handed out: it may not be mapped yet.
        long reserve = (ReservedForRelocation - Math.Min(_freeSharedCount, ReservedForRelocation)) * Geometry.SegmentBytes;
        return HasRoomFor(bytes + reserve) ? MapNew(bytes, isLarge: true, mayExceed: false) : -1;
    }

    private void ReleaseFreeLarge(long bytes)
    {
        while (_freeLargeCount > 0 && !HasRoomFor(bytes))
        {
            int id = _freeLarge[--_freeLargeCount];
            _freeLargeBytes -= _table[id]->Capacity;
            UnmapAnonymous(id);
        }
    }

    /// <summary>Maps anonymous memory. Pool lock held: a system call of a microsecond.</summary>
    private int MapNew(long bytes, bool isLarge, bool mayExceed)
    {
        if (_absentCount == 0 || (!mayExceed && !HasRoomFor(bytes)))
        {
            return -1;
        }

        int id = _absent[_absentCount - 1];
        if (_backing.Allocate(id, bytes, out byte* memory) != DeviceStatus.Ok)
        {
            return -1;
        }

        _absentCount--;
        _table.Attach(id, memory, bytes, isLarge);
        SetReady(id);
        _committedBytes += bytes;
        return id;
    }

    /// <summary>Gives anonymous memory back. Pool lock held: a system call of a microsecond.</summary>
    private void UnmapAnonymous(int id)
    {
        Segment* segment = _table[id];
        _committedBytes -= segment->Capacity;
        _backing.Free(id, segment->Base, segment->Capacity);
        _table.Detach(id);
        _absent[_absentCount++] = id;
    }

    /// <summary>Gives a segment's bytes back, which may wait for a disk. The segment is in no list, and no lock is held.</summary>
    private void Unmap(int id)
    {
        Segment* segment = _table[id];
        byte* memory = segment->Base;
        long bytes = segment->Capacity;
        _table.Detach(id);
        _backing.Free(id, memory, bytes);
        WordLock.Enter(_lock);
        _committedBytes -= bytes;
        _absent[_absentCount++] = id;
        NoteUrgency();
        WordLock.Exit(_lock);
    }
}
