using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <content>
/// The usual store, apart from the rest so that the compiler makes one straight piece of it: no condition, the default namespace, a
/// record that is not long. What it does is what <see cref="Put"/> does; where anything is unusual it leaves the work to it.
/// </content>
public sealed unsafe partial class Store
{
    /// <summary>How far ahead of the log's end lines are asked for, so that the next records find them in the cache.</summary>
    private const int AheadBytes = 512;

    /// <summary>Stores an item whatever there was before.</summary>
    /// <returns>Its revision; 0 when nothing has changed and the general way has to be gone.</returns>
    /// <remarks>
    /// With many items a store waits for memory twice: for the line of the index, and for the record that the slot there points to. Nothing
    /// can be done before the first; but the new record is written while the second is under way, on the guess that the old one is the key's and
    /// can be seen. When that proves wrong, which it does once in ten thousand times, the end of the log is moved back.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong PutPlain(in ItemKey key, in PutRequest put)
    {
        byte attributes = RecordLayout.AttributesFor(key.Bytes.Length, put.Value.Length, put.ClientFlags, put.ExpiryMilliseconds);
        long size = RecordLayout.Size(attributes, key.Bytes.Length, put.Value.Length);
        if (size > FillInsideBytes || (attributes & RecordLayout.Long) != 0)
        {
            return 0;
        }

        Stripe* stripe = _table.Lock(key.Hash);
        ulong* slot = _table.Guess(stripe, key, out Record old, out bool isAbsent);
        if (slot == null && !isAbsent)
        {
            slot = _table.FindFurther(stripe, key, out old);
        }

        Segment* segment = slot != null ? _segments.Of(Slot.Location(*slot)) : null;
        if (segment != null && segment->IsLarge)
        {
            Memtable.Memtable.Unlock(stripe);
            return 0;
        }

        attributes |= slot != null ? OverwriteMark : (byte)0;
        _head.Enter();
        byte* at = _head.Append((int)size, out long location);
        if (at == null)
        {
            _head.Exit();
            Memtable.Memtable.Unlock(stripe);
            return 0;
        }

        WritePlain(at, key, put, attributes, (int)size);
        if (slot != null && !(old.HasKey(key.Bytes, 0) && IsVisible(old, Clock.Milliseconds)))
        {
            _head.TakeBack((int)size);
            _head.Exit();
            Memtable.Memtable.Unlock(stripe);
            return 0;
        }

        ulong revision = FinishPlain(new Record(at), (int)size);
        if (slot != null)
        {
            long oldSize = old.Size;
            segment->Dead += oldSize;
            _head.Exit();
            *slot = Slot.MovedTo(*slot, location) & ~Slot.Fetched;
            stripe->LiveBytes += size - oldSize;
        }
        else
        {
            _head.Exit();
            if (!InsertNew(stripe, key, location, size))
            {
                Memtable.Memtable.Unlock(stripe);
                return 0;
            }

            stripe->LiveBytes += size;
        }

        _feed?.Written();
        NoteExpiry(location, put.ExpiryMilliseconds);
        stripe->Written++;
        Memtable.Memtable.Unlock(stripe);
        return revision;
    }

    /// <summary>Writes a record where room was made for it, without what makes it one: its revision and its first word. Head lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePlain(byte* at, in ItemKey key, in PutRequest put, byte attributes, int size)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(at + AheadBytes);
            Sse.Prefetch0(at + AheadBytes + 64);
        }

        byte* next = new Record(at).WritePlainHead(attributes, 0, key.Bytes.Length, put.Value.Length, put.ClientFlags, put.ExpiryMilliseconds);
        Unsafe.WriteUnaligned(at + size - RecordLayout.Alignment, 0); // the padding, under the end of the value
        CopyKey(key.Bytes, next);
        put.Value.CopyTo(new Span<byte>(next + key.Bytes.Length, put.Value.Length));
    }

    /// <summary>Draws the record's revision. No revision is drawn for nothing: readers of the feed would wait for what comes with it. Head lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong FinishPlain(Record record, int size)
    {
        ulong revision = _revisions.Next();
        record.Revision = revision;
        if (_isDurable)
        {
            record.WriteChecksum(size, _head.ActiveSequence);
        }
        else
        {
            record.FirstWord = (uint)Clock.Seconds;
        }

        return revision;
    }

    /// <summary>The usual lengths of keys are copied without a call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyKey(ReadOnlySpan<byte> key, byte* to)
    {
        if ((uint)(key.Length - Vector128<byte>.Count) > (uint)Vector128<byte>.Count)
        {
            key.CopyTo(new Span<byte>(to, key.Length));
            return;
        }

        ref byte from = ref MemoryMarshal.GetReference(key);
        nuint last = (nuint)(key.Length - Vector128<byte>.Count);
        Vector128<byte> tail = Vector128.LoadUnsafe(ref from, last);
        Vector128.LoadUnsafe(ref from).Store(to);
        tail.Store(to + last);
    }

    /// <summary>Puts the record of a key that had none into the index. See <see cref="Add"/>.</summary>
    private bool InsertNew(Stripe* stripe, in ItemKey key, long location, long size)
    {
        ulong slot = Slot.Make(key.Hash, location);
        if (!_table.Insert(stripe, _ghosts.Take(key.Hash) ? Slot.WithFrequency(slot, 1) : slot))
        {
            Draft gone = default;
            gone.Key = key.Bytes;
            TakeBack(gone, location, size);
            return false;
        }

        stripe->LiveItems++;
        return true;
    }
}
