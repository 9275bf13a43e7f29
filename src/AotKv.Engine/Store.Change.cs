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
            if (slot == null && _pool.HoldsEvicted)
            {
                if (DeleteEvicted(stripe, key, ref room, out Outcome outcome))
                {
                    return outcome;
                }

                continue;
            }

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

    /// <summary>
    /// Deletes a key that is not there, but may be one that was evicted and is on disk still: whoever deletes it relies on never seeing
    /// the old value again, after a crash neither. Leaves the stripe.
    /// </summary>
    /// <returns>False when there is no room for the deletion.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool DeleteEvicted(Stripe* stripe, in ItemKey key, ref Room room, out Outcome outcome)
    {
        bool written = WriteDeletion(key, ref room, out ulong revision);
        Memtable.Memtable.Unlock(stripe);
        outcome = new Outcome(StoreStatus.NotFound, MissReason.Absent, revision);
        return written;
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
        if (!Place(draft, ref room, out Record record, out _))
        {
            return false;
        }

        revision = record.Revision;
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
    public Outcome Count(in ItemKey key, ulong delta, bool decrement, ulong compare = 0) =>
        Count(key, new CountRequest { Delta = delta, Decrement = decrement, Compare = compare });

    /// <summary>Arithmetic that may create the item, give it another expiry, or choose its CAS id.</summary>
    /// <param name="key">The key.</param>
    /// <param name="request">What to do.</param>
    /// <returns>Ok with the number, the revision and the CAS id, NotFound with the reason, Exists, NotNumeric, NoMemory or Failed.</returns>
    public Outcome Count(in ItemKey key, in CountRequest request) => Count(key, request, out _);

    /// <summary>Arithmetic that may create the item, give it another expiry, or choose its CAS id.</summary>
    /// <param name="key">The key.</param>
    /// <param name="request">What to do.</param>
    /// <param name="oldExpiryMilliseconds">The item's expiry before, milliseconds since 1970 (UTC); 0 never, or when there was no item.</param>
    /// <returns>
    /// Ok with the number, the revision and the CAS id (and with the reason why there was no item, when it was created), NotFound with the
    /// reason, Exists, NotNumeric, NoMemory or Failed.
    /// </returns>
    public Outcome Count(in ItemKey key, in CountRequest request, out long oldExpiryMilliseconds)
    {
        oldExpiryMilliseconds = 0;
        Span<byte> digits = stackalloc byte[DecimalText.MaxDigits];
        Room room = default;
        do
        {
            if (!BeforeWrite())
            {
                GiveBack(ref room);
                return new Outcome(StoreStatus.Failed);
            }

            Stripe* stripe = _table.Lock(key.Hash);
            ulong* slot = _table.Find(stripe, key, out Record record);
            if (slot == null || !IsVisible(record, Clock.Milliseconds))
            {
                if (!request.HasVivify)
                {
                    GiveBack(ref room);
                    return Miss(stripe, slot, record);
                }

                if (CreateNumber(stripe, slot, record, key, request, ref room, out Outcome created))
                {
                    return created;
                }

                continue;
            }

            StoreStatus status = StoreStatus.Ok;
            if (request.Compare != 0 && request.Compare != record.Cas)
            {
                status = StoreStatus.Exists;
            }
            else if (!DecimalText.TryRead(record.Value, out ulong number))
            {
                status = StoreStatus.NotNumeric;
            }
            else
            {
                oldExpiryMilliseconds = record.ExpiryMilliseconds;
                number = request.Decrement ? (number > request.Delta ? number - request.Delta : 0) : number + request.Delta;
                status = WriteNumber(stripe, slot, ref record, DecimalText.Write(digits, number), request, ref room);
                if (status == StoreStatus.Ok)
                {
                    var done = new Outcome(StoreStatus.Ok, MissReason.None, record.Revision, number, record.Cas);
                    Memtable.Memtable.Unlock(stripe);
                    GiveBack(ref room);
                    return done;
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

    /// <summary>Creates an item with a number. Unlocks the stripe.</summary>
    /// <returns>False when room must be made first.</returns>
    private bool CreateNumber(
        Stripe* stripe, ulong* slot, Record record, in ItemKey key, in CountRequest request, ref Room room, out Outcome outcome)
    {
        Span<byte> digits = stackalloc byte[DecimalText.MaxDigits];
        scoped var draft = new Draft
        {
            Key = key.Bytes,
            Namespace = key.Namespace,
            First = DecimalText.Write(digits, request.Initial),
            ExpiryMilliseconds = request.VivifyExpiryMilliseconds,
            Extra = request.HasBinaryKey ? RecordLayout.BinaryKey : (byte)0,
        };
        outcome = AddMeta(stripe, slot, record, key, ref draft, request.Cas, ref room, request.Initial);
        Memtable.Memtable.Unlock(stripe);
        if (outcome.Status != StoreStatus.NoMemory)
        {
            GiveBack(ref room);
        }

        return outcome.Status != StoreStatus.NoMemory;
    }

    /// <summary>
    /// A number that fits into the old text keeps its length: in memory it is written in place, under a new revision. A longer one, and
    /// any in a log that keeps changes, becomes a new record.
    /// </summary>
    private StoreStatus WriteNumber(
        Stripe* stripe, ulong* slot, ref Record record, ReadOnlySpan<byte> text, in CountRequest request, ref Room room)
    {
        Span<byte> value = record.Value;
        bool keepsRecord = !_logsChanges && record.Kind == RecordKind.Item && request.Cas == 0
            && (!request.HasTouch || record.HasExpiryField || request.TouchExpiryMilliseconds == 0);
        if (text.Length <= value.Length && keepsRecord)
        {
            if (request.HasTouch && record.HasExpiryField)
            {
                SetExpiryInPlace(Slot.Location(*slot), record, request.TouchExpiryMilliseconds);
            }

            text.CopyTo(value);
            value[text.Length..].Fill((byte)' ');
            _head.Enter();
            record.Revision = _revisions.Next();
            _head.Exit();
            stripe->Written++;
            return StoreStatus.Ok;
        }

        Span<byte> cas = stackalloc byte[sizeof(ulong)];
        scoped var draft = new Draft
        {
            Key = record.Key,
            Namespace = record.Namespace,
            First = text,
            ClientFlags = record.ClientFlags,
            ExpiryMilliseconds = request.HasTouch ? request.TouchExpiryMilliseconds : record.ExpiryMilliseconds,
            Blanks = Math.Max(0, value.Length - text.Length),
            Extra = (byte)((record.Attributes & RecordLayout.BinaryKey) | OverwriteMark),
        };
        ChooseCas(ref draft, cas, request.Cas);
        return Rewrite(stripe, slot, ref record, draft, ref room);
    }
}
