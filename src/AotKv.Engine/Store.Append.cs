using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <content>How records get into the log and the index. All with the key's stripe locked, unless said otherwise.</content>
public sealed unsafe partial class Store
{
    private const int MostAttempts = 64;

    /// <summary>What every operation that may write begins with. No lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BeforeWrite()
    {
        ApplyDueFlush();
        if (_pool.IsUrgent)
        {
            _reclaimer.Assist();
        }
    }

    /// <summary>Writes a record for a key that has none.</summary>
    /// <returns>Ok, or NoMemory: then <see cref="MakeRoom"/> says whether trying again makes sense.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private StoreStatus Add(Stripe* stripe, ulong hash, in Draft draft, ref Room room, out ulong revision)
    {
        if (!Place(draft, ref room, out Record record, out long location))
        {
            revision = 0;
            return StoreStatus.NoMemory;
        }

        if (!_table.Insert(stripe, Slot.Make(hash, location)))
        {
            MarkDead(location, record.Size);
            revision = 0;
            room.Attempts = MostAttempts;
            return StoreStatus.NoMemory;
        }

        revision = record.Revision;
        stripe->LiveItems++;
        stripe->LiveBytes += record.Size;
        stripe->Written++;
        return StoreStatus.Ok;
    }

    /// <summary>Writes a record that takes the place of a visible one.</summary>
    /// <param name="stripe">The key's stripe.</param>
    /// <param name="slot">The key's slot.</param>
    /// <param name="record">The present record; the new one on return.</param>
    /// <param name="draft">The new record.</param>
    /// <param name="room">Room made before.</param>
    /// <returns>Ok, or NoMemory: then <see cref="MakeRoom"/> says whether trying again makes sense.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private StoreStatus Rewrite(Stripe* stripe, ulong* slot, ref Record record, in Draft draft, ref Room room)
    {
        long oldSize = record.Size;
        long oldLocation = Slot.Location(*slot);
        if (!Place(draft, ref room, out Record written, out long location, oldLocation, oldSize))
        {
            return StoreStatus.NoMemory;
        }

        stripe->LiveBytes += written.Size - oldSize;
        stripe->Written++;
        *slot = Slot.MovedTo(*slot, location);
        record = written;
        return StoreStatus.Ok;
    }

    /// <summary>Appends a record to the log, or fills the large segment that was got before.</summary>
    /// <param name="draft">The record.</param>
    /// <param name="room">Room made before.</param>
    /// <param name="record">The record as written.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="deadLocation">The record it takes the place of, which is not looked at any more after this.</param>
    /// <param name="deadSize">The bytes of that one; 0 when there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Place(in Draft draft, ref Room room, out Record record, out long location, long deadLocation = 0, long deadSize = 0)
    {
        byte attributes = draft.Attributes;
        long size = RecordLayout.Size(attributes, draft.Key.Length, draft.ValueLength);
        if (size > _pool.Geometry.MaxSharedRecordBytes)
        {
            return PlaceLarge(draft, attributes, size, ref room, out record, out location, deadLocation, deadSize);
        }

        _head.Enter();
        byte* at = _head.Append((int)size, out location);
        if (at == null)
        {
            _head.Exit();
            record = default;
            room.Needed = size;
            return false;
        }

        record = new Record(at);
        draft.WriteTo(record, attributes, draft.Revision != 0 ? draft.Revision : NextRevision());
        _pool.Of(deadLocation)->Dead += deadSize;
        _head.Exit();
        NoteExpiry(location, draft.ExpiryMilliseconds);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool PlaceLarge(
        in Draft draft, byte attributes, long size, ref Room room, out Record record, out long location, long deadLocation, long deadSize)
    {
        int id = room.Large;
        if (id < 0 || _pool[id]->Capacity != SegmentGeometry.LargeSegmentBytes(size))
        {
            record = default;
            location = 0;
            room.Needed = size;
            return false;
        }

        room.Large = -1;
        Segment* segment = _pool[id];
        location = _pool.Location(id, SegmentGeometry.SegmentHeaderBytes);
        record = new Record(segment->Base + SegmentGeometry.SegmentHeaderBytes);
        _head.Enter();
        ulong revision = draft.Revision != 0 ? draft.Revision : NextRevision();
        _head.Exit();
        draft.WriteTo(record, attributes, revision);
        segment->Used = SegmentGeometry.SegmentHeaderBytes + size;
        MarkDead(deadLocation, deadSize);
        NoteExpiry(location, draft.ExpiryMilliseconds);
        _young.Enqueue(id);
        return true;
    }

    /// <summary>Gets what an operation found missing. No lock held.</summary>
    /// <returns>False when nothing can be had: the operation ends with NoMemory.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MakeRoom(ref Room room)
    {
        if (room.Attempts++ >= MostAttempts)
        {
            GiveBack(ref room);
            StoreCounters.Add(ref _counters.NoMemory, 1);
            return false;
        }

        if (room.Needed <= _pool.Geometry.MaxSharedRecordBytes)
        {
            if (_reclaimer.FreeOneShared())
            {
                return true;
            }
        }
        else
        {
            GiveBack(ref room);
            room.Large = _reclaimer.TakeLarge(SegmentGeometry.LargeSegmentBytes(room.Needed));
            if (room.Large >= 0)
            {
                return true;
            }
        }

        StoreCounters.Add(ref _counters.NoMemory, 1);
        return false;
    }

    /// <summary>Gives back what was got and not used.</summary>
    private void GiveBack(ref Room room)
    {
        if (room.Large >= 0)
        {
            _pool.Release(room.Large);
            room.Large = -1;
        }
    }

    /// <summary>Removes a record that is expired or flushed.</summary>
    internal MissReason RemoveDead(Stripe* stripe, ulong* slot, Record record)
    {
        if (record.Revision <= _flushedRevision)
        {
            // The flush has counted it as dead already.
            Memtable.Memtable.Remove(stripe, slot);
            return MissReason.Flushed;
        }

        if ((*slot & Slot.Fetched) == 0)
        {
            StoreCounters.Add(ref _counters.ExpiredUnread, 1);
        }

        StoreCounters.Add(ref _counters.Reclaimed, 1);
        RemoveLive(stripe, slot, record);
        return MissReason.Expired;
    }

    /// <summary>Removes an item that the counts still hold.</summary>
    internal void RemoveLive(Stripe* stripe, ulong* slot, Record record)
    {
        long size = record.Size;
        long location = Slot.Location(*slot);
        stripe->LiveItems--;
        stripe->LiveBytes -= size;
        Memtable.Memtable.Remove(stripe, slot);
        MarkDead(location, size);
    }

    /// <summary>
    /// Counts a record's bytes as dead, under the head's lock. From then on nobody looks at the record: a segment in which all is dead
    /// may be in use for something else a moment later.
    /// </summary>
    private void MarkDead(long location, long size)
    {
        _head.Enter();
        _pool.Of(location)->Dead += size;
        _head.Exit();
    }

    /// <summary>Keeps a segment's lower bound on expiry times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteExpiry(long location, long expiryMilliseconds)
    {
        if (expiryMilliseconds != 0)
        {
            Segment* segment = _pool.Of(location);
            long seen = Volatile.Read(ref segment->MinExpiryMilliseconds);
            while (expiryMilliseconds < seen)
            {
                long before = Interlocked.CompareExchange(ref segment->MinExpiryMilliseconds, expiryMilliseconds, seen);
                if (before == seen)
                {
                    break;
                }

                seen = before;
            }
        }
    }
}
