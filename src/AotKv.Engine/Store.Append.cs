using System.Diagnostics;
using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <content>How records get into the log and the index. All with the key's stripe locked, unless said otherwise.</content>
public sealed unsafe partial class Store
{
    private const int MostAttempts = 64;

    /// <summary>
    /// A longer value is copied after the head's lock was left, so that others need not wait for it. Not in a durable log: a kill in the
    /// middle would leave a hole, and behind it records that have been answered.
    /// </summary>
    private const int FillInsideBytes = 2048;

    /// <summary>The attribute of a record that takes another's place: in a durable log the old one is still somewhere.</summary>
    private byte OverwriteMark => _isDurable ? RecordLayout.Overwrites : (byte)0;

    /// <summary>What every operation that may write begins with. No lock held.</summary>
    /// <returns>False when nothing may be written any more.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool BeforeWrite()
    {
        ApplyDueFlush();
        if (_pool.IsUrgent)
        {
            _supply.Assist();
        }

        return _syncer == null || _syncer.Failure == null;
    }

    /// <summary>Writes a record for a key that has none.</summary>
    /// <returns>Ok, or NoMemory: then <see cref="MakeRoom"/> says whether trying again makes sense.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private StoreStatus Add(Stripe* stripe, ulong hash, scoped in Draft draft, ref Room room, out ulong revision)
    {
        if (!Place(draft, ref room, out Record record, out long location))
        {
            revision = 0;
            return StoreStatus.NoMemory;
        }

        // Who comes back soon after it was evicted counts as read: it goes on to the main part. New writes stay in one stream, so it does
        // that at the end of the young part.
        ulong slot = Slot.Make(hash, location);
        if (!_table.Insert(stripe, _ghosts.Take(hash) ? Slot.WithFrequency(slot, 1) : slot))
        {
            TakeBack(draft, location, record.Size);
            revision = 0;
            room.Attempts = MostAttempts;
            return StoreStatus.NoMemory;
        }

        revision = record.Revision;
        CountItem(stripe, draft.Namespace, 1, record.Size);
        stripe->Written++;
        return StoreStatus.Ok;
    }

    /// <summary>The index has no room for a record that is in the log already: a log that is read again must not bring it back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeBack(scoped in Draft draft, long location, long size)
    {
        MarkDead(location, size);
        if (_logsChanges)
        {
            Room room = default;
            var gone = new Draft { Key = draft.Key, Namespace = draft.Namespace, Kind = RecordKind.Deletion };
            _ = Place(gone, ref room, out _, out _);
        }
    }

    /// <summary>Writes a record that takes the place of a visible one.</summary>
    /// <param name="stripe">The key's stripe.</param>
    /// <param name="slot">The key's slot.</param>
    /// <param name="record">The present record; the new one on return.</param>
    /// <param name="draft">The new record.</param>
    /// <param name="room">Room made before.</param>
    /// <returns>Ok, or NoMemory: then <see cref="MakeRoom"/> says whether trying again makes sense.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private StoreStatus Rewrite(Stripe* stripe, ulong* slot, ref Record record, scoped in Draft draft, ref Room room)
    {
        long oldSize = record.Size;
        long oldLocation = Slot.Location(*slot);
        bool wasLarge = _segments.Of(oldLocation)->IsLarge;
        if (!Place(draft, ref room, out Record written, out long location, oldLocation, oldSize))
        {
            return StoreStatus.NoMemory;
        }

        CountItem(stripe, draft.Namespace, 0, written.Size - oldSize);
        stripe->Written++;
        *slot = Slot.MovedTo(*slot, location);
        record = written;
        if (wasLarge)
        {
            FreeLarge(_segments.Of(oldLocation));
        }

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
    private bool Place(scoped in Draft draft, ref Room room, out Record record, out long location, long deadLocation = 0, long deadSize = 0)
    {
        byte attributes = draft.Attributes;
        long size = RecordLayout.Size(attributes, draft.Key.Length, draft.ValueLength);
        if (size > _pool.Geometry.MaxSharedRecordBytes)
        {
            return PlaceLarge(draft, attributes, size, ref room, out record, out location, deadLocation, deadSize);
        }

        _head.Enter();
        byte* at = _head.Append((int)size, out location, mayUseReserve: draft.Kind == RecordKind.Deletion);
        if (at == null)
        {
            _head.Exit();
            record = default;
            room.Needed = size;
            return false;
        }

        record = new Record(at);
        ulong sequence = _head.ActiveSequence;
        byte* value = record.WriteHead(draft, attributes, draft.Revision != 0 ? draft.Revision : _revisions.Next());
        if (size > FillInsideBytes && !_isDurable)
        {
            _head.BeginFill();
            _head.Exit();
            FinishRecord(record, value, draft, size, sequence);
            _head.Enter();
            _head.EndFill();
        }
        else
        {
            FinishRecord(record, value, draft, size, sequence);
        }

        // Only now: the value may have come from the record that is dead from here on.
        if (deadSize != 0)
        {
            NoteDead(deadLocation, deadSize);
        }

        if (draft.Kind == RecordKind.Deletion)
        {
            NoteDeletion(location, size);
        }

        _head.Exit();
        _feed?.Written();
        NoteExpiry(location, draft.ExpiryMilliseconds);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FinishRecord(Record record, byte* value, scoped in Draft draft, long size, ulong sequence)
    {
        Record.WriteValue(value, draft);
        if (_isDurable)
        {
            record.WriteChecksum(size, sequence);
        }
        else
        {
            record.FirstWord = (uint)Clock.Seconds;
        }
    }

    /// <summary>
    /// Counts a record's bytes as dead. Head lock held. The last record of a segment makes it free for something else at once, so nothing is
    /// counted twice, and nothing of the segment is looked at afterwards.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteDead(long location, long size)
    {
        Debug.Assert(size > 0, "adding nothing to a segment that somebody else has just begun anew would bring its old count back");
        Segment* segment = _segments.Of(location);
        if (!segment->IsLarge)
        {
            segment->Dead += size;
        }
    }

    /// <summary>
    /// Counts a record's bytes as dead, under the head's lock. From then on nobody looks at the record: a segment in which all is dead
    /// may be in use for something else a moment later.
    /// </summary>
    private void MarkDead(long location, long size)
    {
        Segment* segment = _segments.Of(location);
        if (segment->IsLarge)
        {
            FreeLarge(segment);
            return;
        }

        _head.Enter();
        segment->Dead += size;
        _head.Exit();
    }

    /// <summary>A deletion in a durable log may have to be kept; elsewhere it is dead from the start. Head lock held.</summary>
    private void NoteDeletion(long location, long size)
    {
        Segment* segment = _segments.Of(location);
        segment->TombstoneBytes += _isDurable ? size : 0;
        segment->Dead += _isDurable ? 0 : size;
    }

    /// <summary>Gets what an operation found missing. No lock held.</summary>
    /// <returns>False when nothing can be had: the operation ends with NoMemory.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MakeRoom(ref Room room)
    {
        if (room.Attempts++ < MostAttempts)
        {
            if (room.Needed <= _pool.Geometry.MaxSharedRecordBytes)
            {
                if (_supply.MakeShared())
                {
                    return true;
                }
            }
            else
            {
                GiveBack(ref room);
                room.Large = _supply.TakeLarge(SegmentGeometry.LargeSegmentBytes(room.Needed));
                if (room.Large >= 0)
                {
                    return true;
                }
            }
        }

        GiveBack(ref room);
        StoreCounters.Add(ref _counters.NoMemory, 1);
        return false;
    }

    /// <summary>Gives back what was got and not used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void GiveBack(ref Room room)
    {
        if (room.Large >= 0)
        {
            ReleaseLarge(ref room);
        }
    }

    /// <summary>Removes a record that is expired or flushed.</summary>
    internal MissReason RemoveDead(Stripe* stripe, ulong* slot, Record record, bool isSweep = false)
    {
        Tell(record, *slot, isSweep);
        StoreCounters.Add(ref _counters.Reclaimed, 1);
        if (record.Revision <= FlushedRevisionOf(record))
        {
            // The flush has taken it out of the counts already.
            RemoveSlot(stripe, slot, record);
            return MissReason.Flushed;
        }

        if ((*slot & Slot.Fetched) == 0)
        {
            StoreCounters.Add(ref _counters.ExpiredUnread, 1);
        }

        RemoveLive(stripe, slot, record);
        return MissReason.Expired;
    }

    /// <summary>Tells the observer of a dead item; of a flushed one only when it was swept.</summary>
    private void Tell(Record record, ulong slot, bool isSweep)
    {
        if (isSweep)
        {
            StoreCounters.Add(ref _counters.Swept, 1);
        }

        if (Observer is { } observer && (isSweep || record.Revision > FlushedRevisionOf(record)))
        {
            observer.Removed(record.ToItem(slot), isSweep ? RemovalReason.Swept : RemovalReason.Expired);
        }
    }

    /// <summary>Removes an item that the counts still hold.</summary>
    internal void RemoveLive(Stripe* stripe, ulong* slot, Record record)
    {
        CountItem(stripe, record.Namespace, -1, -record.Size);
        RemoveSlot(stripe, slot, record);
    }

    private void RemoveSlot(Stripe* stripe, ulong* slot, Record record)
    {
        long size = record.Size;
        long location = Slot.Location(*slot);
        Memtable.Memtable.Remove(stripe, slot);
        MarkDead(location, size);
    }

    /// <summary>Keeps a segment's lower bound on expiry times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteExpiry(long location, long expiryMilliseconds)
    {
        if (expiryMilliseconds != 0)
        {
            LowerMinExpiry(_segments.Of(location), expiryMilliseconds);
        }
    }

    private static void LowerMinExpiry(Segment* segment, long expiryMilliseconds)
    {
        long seen = Volatile.Read(ref segment->MinExpiryMilliseconds);
        while (expiryMilliseconds < seen)
        {
            long before = Interlocked.CompareExchange(ref segment->MinExpiryMilliseconds, expiryMilliseconds, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
