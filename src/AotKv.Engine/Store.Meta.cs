using System.Buffers.Binary;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <content>
/// What memcached's meta protocol asks for beyond the classic commands: items that are served stale while one client fetches them anew,
/// items created by reading, CAS ids chosen by the client.
/// </content>
public sealed unsafe partial class Store
{
    /// <summary>Reads an item, and touches, creates or marks it as the request says.</summary>
    /// <param name="key">The key.</param>
    /// <param name="request">What to do beside reading.</param>
    /// <param name="reader">Called with the item, after all that.</param>
    /// <param name="marks">What was found out.</param>
    /// <returns>Ok, NotFound with the reason, NoMemory or Failed (the item is unchanged).</returns>
    public Outcome Fetch<TReader>(in ItemKey key, in FetchRequest request, ref TReader reader, out FetchMarks marks)
        where TReader : struct, IItemReader, allows ref struct
    {
        marks = default;
        Room room = default;
        do
        {
            if ((request.HasTouch || request.HasVivify) && !BeforeWrite())
            {
                GiveBack(ref room);
                return new Outcome(StoreStatus.Failed);
            }

            ApplyDueFlush();
            Stripe* stripe = _table.Lock(key.Hash);
            ulong* slot = _table.Find(stripe, key, out Record record);
            Outcome outcome;
            if (slot != null && IsVisible(record, Clock.Milliseconds))
            {
                outcome = FetchPresent(stripe, slot, record, request, ref reader, ref marks, ref room);
            }
            else if (request.HasVivify && !request.OnlyLook)
            {
                outcome = FetchCreated(stripe, slot, record, key, request, ref reader, ref marks, ref room);
            }
            else
            {
                GiveBack(ref room);
                return Miss(stripe, slot, record);
            }

            Memtable.Memtable.Unlock(stripe);
            if (outcome.Status != StoreStatus.NoMemory)
            {
                GiveBack(ref room);
                return outcome;
            }
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>Deletes an item, or leaves it behind stale or empty as the request says.</summary>
    /// <param name="key">The key.</param>
    /// <param name="request">What to do.</param>
    /// <returns>Ok with the revision, NotFound with the reason, Exists, NoMemory or Failed.</returns>
    public Outcome Delete(in ItemKey key, in DeleteRequest request)
    {
        if (!request.Invalidate && !request.ClearValue)
        {
            return Delete(key, request.Compare);
        }

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
                GiveBack(ref room);
                return Miss(stripe, slot, record);
            }

            if (request.Compare != 0 && request.Compare != record.Cas)
            {
                Memtable.Memtable.Unlock(stripe);
                GiveBack(ref room);
                return new Outcome(StoreStatus.Exists);
            }

            StoreStatus status = LeaveBehind(stripe, slot, ref record, request, ref room);
            var done = new Outcome(status, MissReason.None, record.Revision, cas: record.Cas);
            Memtable.Memtable.Unlock(stripe);
            if (status != StoreStatus.NoMemory)
            {
                GiveBack(ref room);
                return done;
            }
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>Makes a draft carry a CAS id of its own in front of its value; 0 leaves it to the revision.</summary>
    private static void ChooseCas(ref Draft draft, Span<byte> buffer, ulong cas)
    {
        if (cas != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, cas);
            draft.Prefix = buffer;
            draft.Kind = RecordKind.ItemWithCas;
        }
    }

    private Outcome FetchPresent<TReader>(
        Stripe* stripe, ulong* slot, Record record, in FetchRequest request, ref TReader reader, ref FetchMarks marks, ref Room room)
        where TReader : struct, IItemReader, allows ref struct
    {
        marks.OldExpiryMilliseconds = record.ExpiryMilliseconds;
        marks.WrittenMilliseconds = (long)(record.Revision / 1000);
        ulong revision = record.Revision;
        if (request.OnlyLook || (request.HasValueLimit && record.Value.Length > request.ValueLimit))
        {
            reader.Read(record.ToItem(*slot));
            return new Outcome(StoreStatus.Ok, MissReason.None, cas: record.Cas);
        }

        if (request.HasTouch)
        {
            StoreStatus status = ChangeExpiry(stripe, slot, ref record, request.TouchExpiryMilliseconds, ref room, out revision);
            if (status != StoreStatus.Ok)
            {
                return new Outcome(status);
            }
        }

        byte attributes = record.Attributes;
        marks.WasTokenSent = (attributes & RecordLayout.TokenSent) != 0;
        long left = marks.OldExpiryMilliseconds - Clock.Milliseconds;
        bool isDue = request.RecacheMilliseconds > 0 && marks.OldExpiryMilliseconds != 0 && left < request.RecacheMilliseconds;
        if (!marks.WasTokenSent && (isDue || (attributes & RecordLayout.Stale) != 0))
        {
            marks.HasWon = true;
            record.SetTokenSent();
        }

        ulong before = *slot;
        reader.Read(record.ToItem(before));
        if (!request.NoAccess)
        {
            *slot = Slot.Read(before);
            NoteAccess(record);
        }

        return new Outcome(StoreStatus.Ok, MissReason.None, revision, cas: record.Cas);
    }

    /// <summary>An absent item is created empty, and its reader is the one to fill it.</summary>
    private Outcome FetchCreated<TReader>(
        Stripe* stripe, ulong* slot, Record record, in ItemKey key, in FetchRequest request, ref TReader reader, ref FetchMarks marks, ref Room room)
        where TReader : struct, IItemReader, allows ref struct
    {
        scoped var draft = new Draft
        {
            Key = key.Bytes,
            Namespace = key.Namespace,
            ExpiryMilliseconds = request.VivifyExpiryMilliseconds,
            Extra = (byte)(RecordLayout.TokenSent | (request.HasBinaryKey ? RecordLayout.BinaryKey : 0)),
        };
        Outcome outcome = AddMeta(stripe, slot, record, key, ref draft, request.VivifyCas, ref room);
        if (outcome.Status == StoreStatus.Ok)
        {
            marks.IsCreated = true;
            marks.HasWon = true;
            marks.OldExpiryMilliseconds = request.VivifyExpiryMilliseconds;
            marks.WrittenMilliseconds = Clock.Milliseconds;
            slot = _table.Find(stripe, key, out record);
            reader.Read(record.ToItem(*slot));
        }

        return outcome;
    }

    /// <summary>Adds an item for a key that is absent or dead, with a CAS id of the client's if that is not 0.</summary>
    private Outcome AddMeta(
        Stripe* stripe, ulong* slot, Record record, in ItemKey key, scoped ref Draft draft, ulong cas, ref Room room, ulong number = 0)
    {
        if (slot != null)
        {
            draft.Extra |= OverwriteMark;
            _ = RemoveDead(stripe, slot, record);
        }

        if (key.Namespace != 0 && FindNamespace(key.Namespace) is not { IsDropped: false })
        {
            return new Outcome(StoreStatus.NamespaceDropped);
        }

        Span<byte> casBytes = stackalloc byte[sizeof(ulong)];
        scoped Draft chosen = draft;
        ChooseCas(ref chosen, casBytes, cas);
        StoreStatus status = Add(stripe, key.Hash, chosen, ref room, out ulong revision);
        return new Outcome(status, MissReason.Absent, revision, number, cas);
    }

    /// <summary>Marks an item stale, or takes its value away, or both. Stripe lock held.</summary>
    private StoreStatus LeaveBehind(Stripe* stripe, ulong* slot, ref Record record, in DeleteRequest request, ref Room room)
    {
        // A cleared item keeps its CAS id unless it is also invalidated (memcached 1.6.45, probed).
        ulong cas = request.Cas != 0 ? request.Cas : request.Invalidate ? 0 : record.Cas;
        Span<byte> casBytes = stackalloc byte[sizeof(ulong)];
        int kept = record.Attributes & (RecordLayout.BinaryKey | (request.Invalidate ? 0 : RecordLayout.KeptMask));
        scoped var draft = new Draft
        {
            Key = record.Key,
            Namespace = record.Namespace,
            First = request.ClearValue ? default : record.Value,
            ClientFlags = request.ClearValue ? request.ClientFlags : record.ClientFlags,
            ExpiryMilliseconds = request.HasTouch ? request.TouchExpiryMilliseconds : request.ClearValue ? 0 : record.ExpiryMilliseconds,
            Extra = (byte)(kept | (request.Invalidate ? RecordLayout.Stale : 0) | OverwriteMark),
        };
        ChooseCas(ref draft, casBytes, cas);
        return Rewrite(stripe, slot, ref record, draft, ref room);
    }

    /// <summary>The store with options: see <see cref="PutOptions"/>.</summary>
    private Outcome PutMeta(in ItemKey key, in PutRequest put)
    {
        Span<byte> casBytes = stackalloc byte[sizeof(ulong)];
        ulong cas = (put.Options & PutOptions.SetCas) != 0 ? put.Cas : 0;
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
            bool isPresent = slot != null && IsVisible(record, Clock.Milliseconds);
            scoped var draft = new Draft
            {
                Key = key.Bytes,
                Namespace = key.Namespace,
                First = put.Value,
                ClientFlags = put.ClientFlags,
                ExpiryMilliseconds = put.ExpiryMilliseconds,
                Extra = (put.Options & PutOptions.BinaryKey) != 0 ? RecordLayout.BinaryKey : (byte)0,
            };
            Outcome outcome;
            if (isPresent)
            {
                StoreStatus status = MayReplaceMeta(put, record, ref draft);
                if (status == StoreStatus.Ok && put.Mode is StoreMode.Append or StoreMode.Prepend)
                {
                    status = Combine(put, record, ref draft);
                }

                if (status == StoreStatus.Ok)
                {
                    ChooseCas(ref draft, casBytes, cas);
                    draft.Extra |= OverwriteMark;
                    status = Rewrite(stripe, slot, ref record, draft, ref room);
                    *slot = status == StoreStatus.Ok ? *slot & ~Slot.Fetched : *slot;
                }

                ulong length = (ulong)draft.First.Length + (ulong)draft.Second.Length;
                outcome = new Outcome(status, MissReason.None, status == StoreStatus.Ok ? record.Revision : 0, length, cas);
            }
            else
            {
                bool vivifies = (put.Options & PutOptions.Vivify) != 0 && put.Mode is StoreMode.Append or StoreMode.Prepend;
                StoreStatus status = vivifies ? StoreStatus.Ok : MayAdd(key, put);
                outcome = status == StoreStatus.Ok
                    ? AddMeta(stripe, slot, record, key, ref draft, cas, ref room, (ulong)put.Value.Length)
                    : new Outcome(status, MissReason.Absent);
            }

            Memtable.Memtable.Unlock(stripe);
            if (outcome.Status != StoreStatus.NoMemory)
            {
                GiveBack(ref room);
                return outcome;
            }
        }
        while (MakeRoom(ref room));
        return new Outcome(StoreStatus.NoMemory);
    }

    /// <summary>What a request with options says to an item that is there: a lower comparison may store the item as a stale one.</summary>
    private static StoreStatus MayReplaceMeta(in PutRequest put, Record record, scoped ref Draft draft)
    {
        bool isOlder = put.HasCompare && put.Compare < record.Cas;
        if (!isOlder || (put.Options & PutOptions.Invalidate) == 0)
        {
            return MayReplace(put, record);
        }

        draft.ExpiryMilliseconds = record.ExpiryMilliseconds;
        draft.Extra |= (byte)(RecordLayout.Stale | (record.Attributes & RecordLayout.TokenSent));
        return StoreStatus.Ok;
    }
}
