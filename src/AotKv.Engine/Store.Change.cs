using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>Deletes an item.</summary>
    /// <param name="key">The key.</param>
    /// <param name="compare">The revision it must have; 0 any.</param>
    /// <returns>Ok, NotFound with the reason, or Exists.</returns>
    public Outcome Delete(in ItemKey key, ulong compare = 0)
    {
        ApplyDueFlush();
        Stripe* stripe = _table.Lock(key.Hash);
        ulong* slot = _table.Find(stripe, key, out Record record);
        if (slot == null || !IsVisible(record, Clock.Milliseconds))
        {
            return Miss(stripe, slot, record);
        }

        if (compare != 0 && compare != record.Revision)
        {
            Memtable.Memtable.Unlock(stripe);
            return new Outcome(StoreStatus.Exists);
        }

        RemoveLive(stripe, slot, record);
        Memtable.Memtable.Unlock(stripe);
        return new Outcome(StoreStatus.Ok);
    }

    /// <summary>
    /// Adds to, or takes from, a value that is an unsigned decimal number, as memcached does: adding wraps at 2^64, taking stops at 0,
    /// and a result shorter than the old text keeps the old length, filled with spaces on the right.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="delta">How much.</param>
    /// <param name="decrement">Take instead of add.</param>
    /// <param name="compare">The revision it must have; 0 any.</param>
    /// <returns>Ok with the new number and revision, NotFound with the reason, Exists, NotNumeric or NoMemory.</returns>
    public Outcome Count(in ItemKey key, ulong delta, bool decrement, ulong compare = 0)
    {
        Span<byte> digits = stackalloc byte[DecimalText.MaxDigits];
        Room room = default;
        do
        {
            BeforeWrite();
            Stripe* stripe = _table.Lock(key.Hash);
            ulong* slot = _table.Find(stripe, key, out Record record);
            if (slot == null || !IsVisible(record, Clock.Milliseconds))
            {
                return Miss(stripe, slot, record);
            }

            StoreStatus status = StoreStatus.Ok;
            if (compare != 0 && compare != record.Revision)
            {
                status = StoreStatus.Exists;
            }
            else if (!DecimalText.TryRead(record.Value, out ulong number))
            {
                status = StoreStatus.NotNumeric;
            }
            else
            {
                number = decrement ? (number > delta ? number - delta : 0) : number + delta;
                ReadOnlySpan<byte> text = DecimalText.Write(digits, number);
                status = WriteNumber(stripe, slot, ref record, text, ref room);
                if (status == StoreStatus.Ok)
                {
                    ulong revision = record.Revision;
                    Memtable.Memtable.Unlock(stripe);
                    return new Outcome(StoreStatus.Ok, MissReason.None, revision, number);
                }
            }

            Memtable.Memtable.Unlock(stripe);
            if (status != StoreStatus.NoMemory)
            {
                return new Outcome(status);
            }
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>A number that fits into the old text is written in place, under a new revision; a longer one becomes a new record.</summary>
    private StoreStatus WriteNumber(Stripe* stripe, ulong* slot, ref Record record, ReadOnlySpan<byte> text, ref Room room)
    {
        Span<byte> value = record.Value;
        if (text.Length <= value.Length)
        {
            text.CopyTo(value);
            value[text.Length..].Fill((byte)' ');
            _head.Enter();
            record.Revision = NextRevision();
            _head.Exit();
            stripe->Written++;
            return StoreStatus.Ok;
        }

        var draft = new Draft
        {
            Key = record.Key,
            First = text,
            ClientFlags = record.ClientFlags,
            ExpiryMilliseconds = record.ExpiryMilliseconds,
        };
        return Rewrite(stripe, slot, ref record, draft, ref room);
    }
}
