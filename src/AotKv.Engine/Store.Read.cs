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
        ulong* slot = _table.Find(stripe, key, out Record record);
        if (slot != null && IsVisible(record, Clock.Milliseconds))
        {
            ulong value = *slot;
            ulong read = Slot.Read(value);
            if (read != value)
            {
                *slot = read;
            }

            reader.Read(record.ToItem());
            Memtable.Memtable.Unlock(stripe);
            return new Outcome(StoreStatus.Ok);
        }

        return Miss(stripe, slot, record);
    }

    /// <summary>Reads an item and gives it a new expiry time; its revision stays.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <param name="reader">Called with the item, expiry already changed, when it is there.</param>
    /// <returns>Ok, NotFound with the reason, or NoMemory (the item is unchanged).</returns>
    public Outcome ReadAndTouch<TReader>(in ItemKey key, long expiryMilliseconds, ref TReader reader)
        where TReader : struct, IItemReader, allows ref struct
    {
        Room room = default;
        for (; ; )
        {
            ApplyDueFlush();
            Stripe* stripe = _table.Lock(key.Hash);
            ulong* slot = _table.Find(stripe, key, out Record record);
            if (slot == null || !IsVisible(record, Clock.Milliseconds))
            {
                GiveBack(ref room);
                return Miss(stripe, slot, record);
            }

            StoreStatus status = ChangeExpiry(stripe, slot, ref record, expiryMilliseconds, ref room);
            if (status == StoreStatus.Ok)
            {
                *slot = Slot.Read(*slot);
                reader.Read(record.ToItem());
                Memtable.Memtable.Unlock(stripe);
                return new Outcome(StoreStatus.Ok);
            }

            Memtable.Memtable.Unlock(stripe);
            if (!MakeRoom(ref room))
            {
                return new Outcome(StoreStatus.NoMemory);
            }
        }
    }

    /// <summary>Gives an item a new expiry time; its revision stays.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <returns>Ok, NotFound with the reason, or NoMemory (the item is unchanged).</returns>
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
    /// Gives the item another expiry time: in place when the record has the field, as a rewritten record when it has not.
    /// Stripe lock held.
    /// </summary>
    /// <returns>Ok, or NoMemory when <paramref name="room"/> must be made first.</returns>
    private StoreStatus ChangeExpiry(Stripe* stripe, ulong* slot, ref Record record, long expiryMilliseconds, ref Room room)
    {
        if (record.HasExpiryField || expiryMilliseconds == 0)
        {
            if (record.HasExpiryField)
            {
                record.ExpiryMilliseconds = expiryMilliseconds;
                NoteExpiry(Slot.Location(*slot), expiryMilliseconds);
            }

            return StoreStatus.Ok;
        }

        var draft = new Draft
        {
            Key = record.Key,
            First = record.Value,
            ClientFlags = record.ClientFlags,
            ExpiryMilliseconds = expiryMilliseconds,
            Revision = record.Revision,
        };
        return Rewrite(stripe, slot, ref record, draft, ref room);
    }

    private readonly struct NoReader : IItemReader
    {
        public void Read(in Item item)
        {
        }
    }
}
