using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>Reads an item.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reader">Called with the item when it is there.</param>
    /// <returns>Ok or NotFound with the reason.</returns>
    public Outcome Read<TReader>(in ItemKey key, ref TReader reader)
        where TReader : struct, IItemReader, allows ref struct
    {
        ApplyDueFlush();
        Stripe* stripe = _table.Lock(key.Hash);
        ulong* slot = _table.Find(stripe, key, out Record record, willReadValue: true);
        if (slot != null && IsVisible(record, Clock.Milliseconds))
        {
            ulong value = *slot;
            ulong read = Slot.Read(value);
            reader.Read(record.ToItem(value));
            if (read != value)
            {
                *slot = read;
                NoteAccess(record);
            }

            Memtable.Memtable.Unlock(stripe);
            return new Outcome(StoreStatus.Ok);
        }

        return Miss(stripe, slot, record);
    }

    /// <summary>Reads an item and gives it a new expiry time; its revision stays.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <param name="reader">Called with the item, expiry already changed, when it is there.</param>
    /// <returns>Ok, NotFound with the reason, NoMemory or Failed (the item is unchanged).</returns>
    public Outcome ReadAndTouch<TReader>(in ItemKey key, long expiryMilliseconds, ref TReader reader)
        where TReader : struct, IItemReader, allows ref struct
    {
        Room room = default;
        do
        {
            if (!BeforeWrite())
            {
                return new Outcome(StoreStatus.Failed);
            }

            Stripe* stripe = _table.Lock(key.Hash);
            ulong* slot = _table.Find(stripe, key, out Record record);
            if (slot == null || !IsVisible(record, Clock.Milliseconds))
            {
                GiveBack(ref room);
                return Miss(stripe, slot, record);
            }

            StoreStatus status = ChangeExpiry(stripe, slot, ref record, expiryMilliseconds, ref room, out ulong revision);
            if (status == StoreStatus.Ok)
            {
                ulong before = *slot;
                *slot = Slot.Read(before);
                reader.Read(record.ToItem(before));
                NoteAccess(record);
                Memtable.Memtable.Unlock(stripe);
                GiveBack(ref room);
                return new Outcome(StoreStatus.Ok, MissReason.None, revision);
            }

            Memtable.Memtable.Unlock(stripe);
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>Gives an item a new expiry time; its revision stays.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <returns>Ok, NotFound with the reason, NoMemory or Failed (the item is unchanged).</returns>
    public Outcome Touch(in ItemKey key, long expiryMilliseconds)
    {
        NoReader none = default;
        return ReadAndTouch(key, expiryMilliseconds, ref none);
    }

    /// <summary>Ends an operation that found no visible item: what was found dead is removed. Unlocks the stripe.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome Miss(Stripe* stripe, ulong* slot, Record record)
    {
        MissReason reason = MissReason.Absent;
        if (slot != null)
        {
            reason = RemoveDead(stripe, slot, record);
        }

        Memtable.Memtable.Unlock(stripe);
        return new Outcome(StoreStatus.NotFound, reason);
    }

    /// <summary>
    /// Gives the item another expiry time: in place in memory when the record has the field, otherwise as a rewritten record that keeps
    /// the item's CAS id. Stripe lock held.
    /// </summary>
    /// <returns>Ok, or NoMemory when <paramref name="room"/> must be made first.</returns>
    private StoreStatus ChangeExpiry(
        Stripe* stripe, ulong* slot, ref Record record, long expiryMilliseconds, ref Room room, out ulong revision)
    {
        revision = record.Revision;
        if (record.ExpiryMilliseconds == expiryMilliseconds)
        {
            return StoreStatus.Ok;
        }

        if (!_logsChanges && record.HasExpiryField)
        {
            SetExpiryInPlace(Slot.Location(*slot), record, expiryMilliseconds);
            return StoreStatus.Ok;
        }

        Span<byte> cas = stackalloc byte[sizeof(ulong)];
        scoped var draft = new Draft
        {
            Key = record.Key,
            Namespace = record.Namespace,
            First = record.Value,
            ClientFlags = record.ClientFlags,
            ExpiryMilliseconds = expiryMilliseconds,
            Extra = (byte)((record.Attributes & RecordLayout.KeptMask) | OverwriteMark),
        };
        if (_logsChanges || record.Kind == RecordKind.ItemWithCas)
        {
            ChooseCas(ref draft, cas, record.Cas);
        }
        else
        {
            draft.Revision = record.Revision;
        }

        StoreStatus status = Rewrite(stripe, slot, ref record, draft, ref room);
        revision = record.Revision;
        return status;
    }

    private void SetExpiryInPlace(long location, Record record, long expiryMilliseconds)
    {
        record.ExpiryMilliseconds = expiryMilliseconds;
        Segment* segment = _segments.Of(location);
        if (segment->IsLarge)
        {
            // The sweeper looks at the reference.
            location = segment->ReferenceLocation;
            Record reference = _segments.At(location);
            reference.ExpiryMilliseconds = expiryMilliseconds;
        }

        NoteExpiry(location, expiryMilliseconds);
    }

    private readonly struct NoReader : IItemReader
    {
        public void Read(in Item item)
        {
        }
    }
}
