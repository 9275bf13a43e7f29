// Relies on: as the other half of the class.
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine.Eviction;

/// <content>
/// What keeps a durable log from bringing old things back. A record that goes may have been hiding an older one of its key in another
/// segment; then a deletion record takes over the hiding. It is needed as long as any segment is left that was active before it.
/// </content>
internal sealed unsafe partial class Reclaimer
{
    /// <summary>A large item's reference: the item lives where the reference says.</summary>
    private void DealWithLarge(Segment* segment, ulong hash, Record record, long nowMilliseconds)
    {
        _ = LargeReference.TryRead(record.Value, out LargeReference reference);
        long location = _segments.LargeLocation(reference.SegmentId);
        Stripe* stripe = _table.Lock(hash);
        ulong* slot = Memtable.Memtable.FindLocation(stripe, hash, location);
        Segment* large = _segments[reference.SegmentId];
        if (slot == null || large->Sequence != reference.Sequence)
        {
            if (large->IsOrphan && large->Sequence == reference.Sequence)
            {
                _pool.Release(reference.SegmentId);
            }

            KeepShadow(record, nowMilliseconds);
        }
        else if (!_store.IsVisible(_segments.At(location), nowMilliseconds))
        {
            _ = _store.RemoveDead(stripe, slot, _segments.At(location));
            KeepShadow(record, nowMilliseconds);
        }
        else if (!MayKeep(*slot, out int frequency))
        {
            Drop(stripe, slot, _segments.At(location));
        }
        else if (!CopyToMain(record, (int)record.Size, out long copy))
        {
            DropOrStay(stripe, slot, _segments.At(location));
        }
        else
        {
            *slot = Slot.WithFrequency(*slot, frequency);
            large->ReferenceLocation = copy;
            HangOn(_segments.Of(copy), large->Capacity);
            _relocated += large->Capacity;
        }

        Memtable.Memtable.Unlock(stripe);
    }

    /// <summary>A large segment is now referred to from the main part, of whose segments none may stand for too much.</summary>
    private void HangOn(Segment* holder, long bytes)
    {
        if (Interlocked.Add(ref holder->LargeBytes, bytes) > _pool.Geometry.SegmentBytes * Store.LargePerSegment)
        {
            _mainHead.Enter();
            if (_mainHead.Active == _segments.IdOf(holder))
            {
                _mainHead.Seal();
            }

            _mainHead.Exit();
        }
    }

    /// <summary>A record that is gone by expiry hid what was before it; nothing else may do so.</summary>
    private void KeepShadow(Record record, long nowMilliseconds)
    {
        long expiry = record.ExpiryMilliseconds;
        if (record.Overwrites && expiry != 0 && expiry <= nowMilliseconds)
        {
            WriteShadow(record);
        }
    }

    /// <summary>Writes a deletion of everything older than a record that is about to go.</summary>
    private void WriteShadow(Record record)
    {
        if (!_pool.IsDurable || _oldestElsewhere >= record.Revision)
        {
            return;
        }

        var draft = new Draft
        {
            Key = record.Key,
            Namespace = record.Namespace,
            Kind = RecordKind.Deletion,
            Revision = record.Revision,
        };
        byte attributes = draft.Attributes;
        int size = (int)RecordLayout.Size(attributes, draft.Key.Length, 0);
        _mainHead.Enter();
        byte* to = _mainHead.Append(size, out long location);
        if (to != null)
        {
            var shadow = new Record(to);
            Record.WriteValue(shadow.WriteHead(draft, attributes, record.Revision), draft);
            shadow.WriteChecksum(size, _mainHead.ActiveSequence);
            _segments.Of(location)->TombstoneBytes += size;
        }

        _mainHead.Exit();
        _mustStay |= to == null;
        _relocated += size;
    }

    private void KeepDeletion(Record record)
    {
        if (!_pool.IsDurable || _oldestElsewhere >= record.Revision)
        {
            return;
        }

        if (CopyToMain(record, (int)record.Size, out long location))
        {
            _mainHead.Enter();
            _segments.Of(location)->TombstoneBytes += record.Size;
            _mainHead.Exit();
        }
        else
        {
            _mustStay = true;
        }
    }

    /// <summary>A namespace's last state is kept for good.</summary>
    private void KeepNamespace(Record record)
    {
        StoreNamespace? current = _store.FindNamespace(record.Namespace);
        if (current != null && current.StateRevision <= record.Revision) // higher when its writer has not said so yet
        {
            _mustStay |= !CopyToMain(record, (int)record.Size, out _);
        }
    }
}
