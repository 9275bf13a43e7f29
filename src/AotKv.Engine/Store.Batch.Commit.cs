using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Transactions;

namespace AotKv.Engine;

/// <content>Writing what a batch has planned: first everything that can fail, then the log, then the index.</content>
public sealed unsafe partial class Store
{
    /// <summary>Stands in the slot of a key that is about to be added. No record lies there: it is inside a segment's header.</summary>
    private const long PlaceholderLocation = 1;

    /// <summary>Writes the plan. Stripes locked.</summary>
    /// <returns>Ok, or NoMemory with what is missing; nothing has happened then.</returns>
    private StoreStatus Commit(StoreBatch batch, ref BatchNeed need, out ulong revision)
    {
        revision = 0;
        BatchPlan plan = batch.Plan;
        int records = MeasureAll(batch, ref need);
        if (need.LargeSegmentBytes != 0)
        {
            ReturnLarge(plan);
            return StoreStatus.NoMemory;
        }

        if (records == 0)
        {
            return StoreStatus.Ok;
        }

        if (plan.HasLarge)
        {
            FillAllLarge(batch);
        }

        if (!plan.KeepsSlots && !ReserveSlots(plan))
        {
            Unreserve(plan);
            return StoreStatus.NoMemory;
        }

        _head.Enter();
        bool written = _head.HasRoomFor(need.Bytes, need.LargestRecord) && WriteAll(batch, records, out revision);
        _head.Exit();
        if (!written)
        {
            Unreserve(plan);
            return StoreStatus.NoMemory;
        }

        foreach (ref PlannedWrite write in plan.Writes)
        {
            if (write.IsChanged)
            {
                Publish(write, plan.KeepsSlots);
            }
        }

        _feed?.Written();
        return StoreStatus.Ok;
    }

    private bool TakeLarge(BatchPlan plan, ref PlannedWrite write, long wanted)
    {
        if (write.Large >= 0)
        {
            return true;
        }

        for (int i = 0; i < plan.LargeSegments.Count; i++)
        {
            if (_segments[plan.LargeSegments[i]]->Capacity == wanted)
            {
                write.Large = plan.LargeSegments[i];
                plan.LargeSegments.RemoveAt(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes the large records; only their revisions are missing then.</summary>
    private void FillAllLarge(StoreBatch batch)
    {
        Span<byte> cas = stackalloc byte[sizeof(ulong)];
        foreach (ref PlannedWrite write in batch.Plan.Writes)
        {
            if (write.Large >= 0)
            {
                Draft draft = DraftOf(batch, write, cas, hasMore: false);
                _ = FillLarge(write.Large, draft, draft.Attributes, RecordLayout.Size(draft.Attributes, write.KeyLength, draft.ValueLength), out write.Body);
            }
        }
    }

    /// <summary>Gives every key that is about to be added its slot: from then on the index cannot refuse.</summary>
    private bool ReserveSlots(BatchPlan plan)
    {
        foreach (ref PlannedWrite write in plan.Writes)
        {
            if (!write.IsChanged || write.WasThere || !write.IsThere)
            {
                continue;
            }

            Stripe* stripe = _table.StripeOf(write.Hash);
            if (write.PresentLocation >= 0)
            {
                // Expired or flushed: it goes before the new one comes.
                ulong* slot = Memtable.Memtable.FindLocation(stripe, write.Hash, write.PresentLocation);
                _ = RemoveDead(stripe, slot, _segments.At(write.PresentLocation));
                write.PresentLocation = -1;
                write.Extra |= OverwriteMark;
            }

            if (!_table.Insert(stripe, Slot.Make(write.Hash, PlaceholderLocation)))
            {
                return false;
            }

            write.IsReserved = true;
        }

        return true;
    }

    /// <summary>Takes back what was reserved for a batch that cannot be written now.</summary>
    private void Unreserve(BatchPlan plan)
    {
        foreach (ref PlannedWrite write in plan.Writes)
        {
            if (write.IsReserved)
            {
                Stripe* stripe = _table.StripeOf(write.Hash);
                Memtable.Memtable.Remove(stripe, Memtable.Memtable.FindReserved(stripe, write.Hash, PlaceholderLocation));
                write.IsReserved = false;
            }
        }

        ReturnLarge(plan);
    }

    private static void ReturnLarge(BatchPlan plan)
    {
        foreach (ref PlannedWrite write in plan.Writes)
        {
            if (write.Large >= 0)
            {
                plan.LargeSegments.Add(write.Large);
                write.Large = -1;
            }
        }
    }

    /// <summary>Appends every record, under one revision. Head lock held.</summary>
    private bool WriteAll(StoreBatch batch, int records, out ulong revision)
    {
        Span<byte> cas = stackalloc byte[sizeof(ulong)];
        revision = _revisions.Next();
        foreach (ref PlannedWrite write in batch.Plan.Writes)
        {
            if (!write.IsChanged || --records < 0 || write.Size == 0)
            {
                continue;
            }

            if (write.IsPlain)
            {
                if (!WritePlain(batch, revision, ref write))
                {
                    AbandonWritten(batch.Plan);
                    return false;
                }

                continue;
            }

            Draft draft = DraftOf(batch, write, cas, hasMore: _logsChanges && records > 0);
            if (!(write.Large >= 0 ? AppendReference(write.Large, draft, revision, write.Body, out _) : WriteOne(draft, revision, ref write)))
            {
                AbandonWritten(batch.Plan);
                return false;
            }

            write.IsWritten = true;
        }

        foreach (ref PlannedWrite write in batch.Plan.Writes)
        {
            if (write.IsWritten && write.WasThere && write.IsThere)
            {
                write.PresentIsLarge = _segments.Of(write.PresentLocation)->IsLarge;
                NoteDead(write.PresentLocation, write.PresentSize);
            }
        }

        return true;
    }

    /// <summary>
    /// The log ran out in the middle, although there was room a moment ago (the reclaimer took it). What was written is taken back, still
    /// under the lock of the head: no sync and no reader of the feed has seen it.
    /// </summary>
    private void AbandonWritten(BatchPlan plan)
    {
        foreach (ref PlannedWrite write in plan.Writes)
        {
            if (!write.IsWritten)
            {
                continue;
            }

            write.IsWritten = false;
            if (write.Large >= 0)
            {
                Segment* large = _segments[write.Large];
                write.Location = large->ReferenceLocation;
                Interlocked.Add(ref _segments.Of(write.Location)->LargeBytes, -large->Capacity);
                large->State = SegmentState.Active;
                _head.RemoveUnsynced(write.Large);
            }

            TakeBack(write.Location);
        }
    }

    /// <summary>Makes a record of an unfinished batch say nothing. Head lock held.</summary>
    private void TakeBack(long location)
    {
        Segment* segment = _segments.Of(location);
        Record record = _segments.At(location);
        long size = record.Size;
        bool wasCounted = record.Kind == RecordKind.Deletion;
        if (_logsChanges)
        {
            record.MakeVoid();
        }

        if (_isDurable)
        {
            record.WriteChecksum(size, segment->Sequence);
            segment->TombstoneBytes -= wasCounted ? size : 0;
        }

        segment->Dead += wasCounted && !_isDurable ? 0 : size;
    }

    /// <summary>Appends the usual record. What it does is what <see cref="WriteOne"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool WritePlain(StoreBatch batch, ulong revision, ref PlannedWrite write)
    {
        int size = (int)write.Size;
        byte* at = _head.Append(size, out long location, mayUseReserve: true);
        if (at == null)
        {
            return false;
        }

        if (Sse.IsSupported)
        {
            Sse.Prefetch0(at + AheadBytes);
        }

        var record = new Record(at);
        byte* key = record.WritePlainHead(
            write.Attributes, revision, write.KeyLength, write.ValueLength, write.ClientFlags, write.ExpiryMilliseconds);
        Unsafe.WriteUnaligned(at + size - RecordLayout.Alignment, 0); // the padding, under the end of the value
        ReadOnlySpan<byte> input = batch.Input;
        CopyKey(input.Slice(write.KeyAt, write.KeyLength), key);
        input.Slice((int)write.ValueAt, write.ValueLength).CopyTo(new Span<byte>(key + write.KeyLength, write.ValueLength));
        record.FirstWord = (uint)Clock.Seconds;
        write.Location = location;
        write.IsWritten = true;
        return true;
    }

    private bool WriteOne(scoped in Draft draft, ulong revision, ref PlannedWrite write)
    {
        byte attributes = draft.Attributes;
        long size = RecordLayout.Size(attributes, write.KeyLength, draft.ValueLength);
        byte* at = _head.Append((int)size, out long location, mayUseReserve: true);
        if (at == null)
        {
            return false;
        }

        var record = new Record(at);
        FinishRecord(record, record.WriteHead(draft, attributes, revision), draft, size, _head.ActiveSequence);
        write.Location = location;
        write.Size = size;
        if (draft.Kind == RecordKind.Deletion)
        {
            NoteDeletion(location, size);
        }

        return true;
    }

    /// <summary>Lets the index say what the log says.</summary>
    private void Publish(in PlannedWrite write, bool keepsSlots)
    {
        Stripe* stripe = _table.StripeOf(write.Hash);
        if (!write.IsThere && !write.WasThere)
        {
            return;
        }

        if (!write.IsThere)
        {
            ulong* gone = Memtable.Memtable.FindLocation(stripe, write.Hash, write.PresentLocation);
            RemoveLive(stripe, gone, _segments.At(write.PresentLocation));
            return;
        }

        long location = write.Large >= 0 ? _segments.LargeLocation(write.Large) : write.Location;
        ulong* slot = keepsSlots ? (ulong*)write.PresentSlot : write.IsReserved
            ? Memtable.Memtable.FindReserved(stripe, write.Hash, PlaceholderLocation)
            : Memtable.Memtable.FindLocation(stripe, write.Hash, write.PresentLocation);
        *slot = Slot.MovedTo(*slot, location) & ~(write.IsTouched ? 0 : Slot.Fetched);
        long size = _segments.At(location).Size;
        CountItem(stripe, write.Namespace, write.WasThere ? 0 : 1, size - (write.WasThere ? write.PresentSize : 0));
        stripe->Written++;
        NoteExpiry(write.Large >= 0 ? _segments[write.Large]->ReferenceLocation : location, write.ExpiryMilliseconds);
        if (write.PresentIsLarge)
        {
            FreeLarge(_segments.Of(write.PresentLocation));
        }
    }

    /// <summary>Gets what a batch found missing. No lock held.</summary>
    private bool MakeRoomFor(BatchPlan plan, in BatchNeed need)
    {
        if (need.LargeSegmentBytes != 0)
        {
            int id = _supply.TakeLarge(need.LargeSegmentBytes);
            if (id >= 0)
            {
                plan.LargeSegments.Add(id);
            }

            return id >= 0;
        }

        return _supply.MakeShared((int)Math.Min(_head.SegmentsFor(need.Bytes, need.LargestRecord) + 1, int.MaxValue / 2));
    }
}
