using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Transactions;

namespace AotKv.Engine;

/// <content>What a planned batch will write, and how large that is.</content>
public sealed unsafe partial class Store
{
    /// <summary>Finds out what is to be written, and how large it is.</summary>
    /// <returns>How many records.</returns>
    private int MeasureAll(StoreBatch batch, ref BatchNeed need)
    {
        int records = 0;
        BatchPlan plan = batch.Plan;
        plan.KeepsSlots = true;
        plan.HasLarge = false;
        foreach (ref PlannedWrite write in plan.Writes)
        {
            plan.KeepsSlots &= write.IsThere && write.WasThere;
            write.Size = 0;
            write.IsWritten = false;
            write.IsPlain = false;
            write.IsChanged = write.IsThere ? write.Source != ValueSource.Present || write.IsTouched : write.WasThere || HidesEvicted(write);
            if (!write.IsChanged)
            {
                continue;
            }

            records++;
            if (!write.IsThere && !_logsChanges)
            {
                continue; // a deletion that leaves no record
            }

            if (!MeasurePlain(ref write, out long logged) && !Measure(batch, ref write, out logged))
            {
                need.LargeSegmentBytes = SegmentGeometry.LargeSegmentBytes(write.Size);
                return 0;
            }

            need.Bytes += logged;
            need.LargestRecord = Math.Max(need.LargestRecord, (int)logged);
        }

        return records;
    }

    /// <summary>The usual record: neither long nor special, in a log that only holds what it must.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MeasurePlain(ref PlannedWrite write, out long size)
    {
        byte attributes = RecordLayout.AttributesFor(write.KeyLength, write.ValueLength, write.ClientFlags, write.ExpiryMilliseconds);
        size = RecordLayout.Size(attributes, write.KeyLength, write.ValueLength);
        bool isPlain = write.IsThere && write.Source == ValueSource.Input && write.Namespace == 0 && !_logsChanges
            && (attributes & RecordLayout.Long) == 0 && size <= _pool.Geometry.MaxSharedRecordBytes;
        if (isPlain)
        {
            write.IsPlain = true;
            write.Attributes = attributes;
            write.Size = size;
        }

        return isPlain;
    }

    /// <summary>Any record.</summary>
    /// <returns>False when it needs a large segment, of which none is at hand.</returns>
    private bool Measure(StoreBatch batch, ref PlannedWrite write, out long logged)
    {
        Span<byte> cas = stackalloc byte[sizeof(ulong)];
        Draft draft = DraftOf(batch, write, cas, hasMore: _logsChanges);
        byte attributes = draft.Attributes;
        write.Size = RecordLayout.Size(attributes, write.KeyLength, draft.ValueLength);
        logged = write.Size;
        if (write.Size <= _pool.Geometry.MaxSharedRecordBytes)
        {
            return true;
        }

        batch.Plan.HasLarge = true;
        logged = RecordLayout.Size((byte)(attributes | RecordLayout.Special), write.KeyLength, LargeReference.Bytes);
        return TakeLarge(batch.Plan, ref write, SegmentGeometry.LargeSegmentBytes(write.Size));
    }

    /// <summary>
    /// A key that the batch puts and deletes again, and that is not in the index: it may have been evicted and be on disk still, and whoever
    /// deleted it relies on never seeing it again.
    /// </summary>
    private bool HidesEvicted(in PlannedWrite write) => write.PresentLocation < 0 && _pool.HoldsEvicted;

    private Draft DraftOf(StoreBatch batch, scoped in PlannedWrite write, Span<byte> cas, bool hasMore)
    {
        var draft = new Draft
        {
            Key = batch.Input.Slice(write.KeyAt, write.KeyLength),
            Namespace = write.Namespace,
            HasMore = hasMore,
            Extra = write.PresentLocation >= 0 ? OverwriteMark : (byte)0,
        };
        if (!write.IsThere)
        {
            draft.Kind = RecordKind.Deletion;
            return draft;
        }

        draft.First = ValueOf(batch, write);
        draft.ClientFlags = write.ClientFlags;
        draft.ExpiryMilliseconds = write.ExpiryMilliseconds;
        draft.Extra |= write.Extra;
        ChooseCas(ref draft, cas, write.KeptCas);
        return draft;
    }
}
