using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>Stores an item under the conditions of the request.</summary>
    /// <param name="key">The key.</param>
    /// <param name="put">Value, mode and conditions.</param>
    /// <returns>Ok with the new revision, NotStored, NotFound, Exists, TooLarge, NoMemory or Failed.</returns>
    public Outcome Put(in ItemKey key, in PutRequest put)
    {
        if (!Fits(key.Bytes.Length, put.Value.Length, put.ClientFlags))
        {
            return new Outcome(StoreStatus.TooLarge);
        }

        if (put.Options != PutOptions.None)
        {
            return PutMeta(key, put);
        }

        bool isPlain = put.Mode == StoreMode.Set && !put.HasCompare && key.Namespace == 0;
        if (isPlain && BeforeWrite())
        {
            ulong revision = PutPlain(key, put);
            if (revision != 0)
            {
                return new Outcome(StoreStatus.Ok, MissReason.None, revision);
            }
        }

        return PutGeneral(key, put);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Outcome PutGeneral(in ItemKey key, in PutRequest put)
    {
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
            MissReason miss = MissReason.None;
            byte extra = slot != null ? OverwriteMark : (byte)0;
            if (slot == null)
            {
                miss = MissReason.Absent;
            }
            else if (!IsVisible(record, Clock.Milliseconds))
            {
                // The new record goes on hiding what the dead one hid: it keeps the mark.
                miss = RemoveDead(stripe, slot, record);
                slot = null;
            }

            StoreStatus status = slot == null ? MayAdd(key, put) : MayReplace(put, record);
            if (status != StoreStatus.Ok)
            {
                Memtable.Memtable.Unlock(stripe);
                GiveBack(ref room);
                return new Outcome(status, miss);
            }

            // Field by field: an initializer would make it elsewhere and copy a hundred bytes.
            Draft draft = default;
            draft.Key = key.Bytes;
            draft.Namespace = key.Namespace;
            draft.First = put.Value;
            draft.ClientFlags = put.ClientFlags;
            draft.ExpiryMilliseconds = put.ExpiryMilliseconds;
            draft.Extra = extra;
            ulong revision;
            if (slot == null)
            {
                status = Add(stripe, key.Hash, draft, ref room, out revision);
            }
            else
            {
                status = put.Mode is StoreMode.Append or StoreMode.Prepend ? Combine(put, record, ref draft) : StoreStatus.Ok;
                if (status == StoreStatus.Ok)
                {
                    status = Rewrite(stripe, slot, ref record, draft, ref room);
                    *slot = status == StoreStatus.Ok ? *slot & ~Slot.Fetched : *slot;
                }

                revision = record.Revision;
            }

            Memtable.Memtable.Unlock(stripe);
            if (status != StoreStatus.NoMemory)
            {
                GiveBack(ref room);
                return new Outcome(status, MissReason.None, status == StoreStatus.Ok ? revision : 0);
            }
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>What a request says to a key that is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private StoreStatus MayAdd(in ItemKey key, in PutRequest put)
    {
        if (key.Namespace != 0 && FindNamespace(key.Namespace) is not { IsDropped: false })
        {
            return StoreStatus.NamespaceDropped;
        }

        if (put.HasCompare)
        {
            return StoreStatus.NotFound;
        }

        return put.Mode is StoreMode.Set or StoreMode.Add ? StoreStatus.Ok : StoreStatus.NotStored;
    }

    /// <summary>What a request says to an item that is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StoreStatus MayReplace(in PutRequest put, Record record)
    {
        if (put.HasCompare && put.Compare != record.Cas)
        {
            return StoreStatus.Exists;
        }

        return put.Mode == StoreMode.Add && !put.HasCompare ? StoreStatus.NotStored : StoreStatus.Ok;
    }

    /// <summary>Appending and prepending take the rest of the record from the present item.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private StoreStatus Combine(in PutRequest put, Record record, ref Draft draft)
    {
        bool append = put.Mode == StoreMode.Append;
        draft.First = append ? record.Value : put.Value;
        draft.Second = append ? put.Value : record.Value;
        draft.ClientFlags = record.ClientFlags;
        draft.ExpiryMilliseconds = record.ExpiryMilliseconds;
        return Fits(draft.Key.Length, (long)draft.First.Length + draft.Second.Length, draft.ClientFlags) ? StoreStatus.Ok : StoreStatus.TooLarge;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Fits(int keyLength, long valueLength, uint clientFlags) =>
        keyLength + valueLength + _options.ItemOverheadBytes + (clientFlags != 0 ? RecordLayout.FlagsBytes : 0) <= _options.MaxItemBytes;
}
