using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>Deletes an item.</summary>
    /// <param name="key">The key.</param>
    /// <param name="compare">The CAS id it must have; 0 any.</param>
    /// <returns>Ok with the deletion's revision when the log holds it, NotFound with the reason, Exists, NoMemory or Failed.</returns>
    public Outcome Delete(in ItemKey key, ulong compare = 0)
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
                return Miss(stripe, slot, record);
            }

            if (compare != 0 && compare != record.Cas)
            {
                Memtable.Memtable.Unlock(stripe);
                return new Outcome(StoreStatus.Exists);
            }

            if (LogDeletion(key, ref room, out ulong revision))
            {
                RemoveLive(stripe, slot, record);
                Memtable.Memtable.Unlock(stripe);
                return new Outcome(StoreStatus.Ok, MissReason.None, revision);
            }

            Memtable.Memtable.Unlock(stripe);
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>Writes a deletion down where the log keeps changes. Stripe lock held.</summary>
    /// <returns>False when there is no room for it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool LogDeletion(in ItemKey key, ref Room room, out ulong revision)
    {
        revision = 0;
        return !_logsChanges || WriteDeletion(key, ref room, out revision);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool WriteDeletion(in ItemKey key, ref Room room, out ulong revision, bool hasMore = false, ulong givenRevision = 0)
    {
        var draft = new Draft
        {
            Key = key.Bytes,
            Namespace = key.Namespace,
            Kind = RecordKind.Deletion,
            HasMore = hasMore,
            Revision = givenRevision,
        };
        revision = 0;
        if (!Place(draft, ref room, out Record record, out long location))
        {
            return false;
        }

        revision = record.Revision;
        _head.Enter();
        if (_isDurable)
        {
            _segments.Of(location)->TombstoneBytes += record.Size;
        }
        else
        {
            _segments.Of(location)->Dead += record.Size;
        }

        _head.Exit();
        return true;
    }

    /// <summary>
    /// Adds to, or takes from, a value that is an unsigned decimal number, as memcached does: adding wraps at 2^64, taking stops at 0,
    /// and a result shorter than the old text keeps the old length, filled with spaces on the right.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="delta">How much.</param>
    /// <param name="decrement">Take instead of add.</param>
    /// <param name="compare">The CAS id it must have; 0 any.</param>
    /// <returns>Ok with the new number and revision, NotFound with the reason, Exists, NotNumeric or NoMemory.</returns>
    public Outcome Count(in ItemKey key, ulong delta, bool decrement, ulong compare = 0)
    {
        Span<byte> digits = stackalloc byte[DecimalText.MaxDigits];
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

            StoreStatus status = StoreStatus.Ok;
            if (compare != 0 && compare != record.Cas)
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
                    GiveBack(ref room);
                    return new Outcome(StoreStatus.Ok, MissReason.None, revision, number);
                }
            }

            Memtable.Memtable.Unlock(stripe);
            if (status != StoreStatus.NoMemory)
            {
                GiveBack(ref room);
                return new Outcome(status);
            }
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>
    /// A number that fits into the old text keeps its length: in memory it is written in place, under a new revision. A longer one, and
    /// any in a log that keeps changes, becomes a new record.
    /// </summary>
    private StoreStatus WriteNumber(Stripe* stripe, ulong* slot, ref Record record, ReadOnlySpan<byte> text, ref Room room)
    {
        Span<byte> value = record.Value;
        if (text.Length <= value.Length && !_logsChanges && record.Kind == RecordKind.Item)
        {
            text.CopyTo(value);
            value[text.Length..].Fill((byte)' ');
            _head.Enter();
            record.Revision = _revisions.Next();
            _head.Exit();
            stripe->Written++;
            return StoreStatus.Ok;
        }

        var draft = new Draft
        {
            Key = record.Key,
            Namespace = record.Namespace,
            First = text,
            ClientFlags = record.ClientFlags,
            ExpiryMilliseconds = record.ExpiryMilliseconds,
            Blanks = Math.Max(0, value.Length - text.Length),
            Extra = (byte)((record.Attributes & RecordLayout.BinaryKey) | OverwriteMark),
        };
        return Rewrite(stripe, slot, ref record, draft, ref room);
    }
}
