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
        ulong* slot = _table.Find(stripe, key, out Record old);
        Segment* segment = null;
        long oldSize = 0;
        if (slot != null)
        {
            segment = _segments.Of(Slot.Location(*slot));
            if (segment->IsLarge || !IsVisible(old, Clock.Milliseconds))
            {
                Memtable.Memtable.Unlock(stripe);
                return 0;
            }

            oldSize = old.Size;
            attributes |= OverwriteMark;
        }

        ulong revision = AppendPlain(key, put, attributes, (int)size, segment, oldSize, out long location);
        if (revision != 0)
        {
            if (slot != null)
            {
                *slot = Slot.MovedTo(*slot, location) & ~Slot.Fetched;
            }
            else if (!InsertNew(stripe, key, location, size))
            {
                Memtable.Memtable.Unlock(stripe);
                return 0;
            }

            stripe->LiveBytes += size - oldSize;
            stripe->Written++;
        }

        Memtable.Memtable.Unlock(stripe);
        return revision;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong AppendPlain(in ItemKey key, in PutRequest put, byte attributes, int size, Segment* dead, long deadSize, out long location)
    {
        _head.Enter();
        byte* at = _head.Append(size, out location);
        if (at == null)
        {
            _head.Exit();
            return 0;
        }

        if (Sse.IsSupported)
        {
            Sse.Prefetch0(at + AheadBytes);
            Sse.Prefetch0(at + AheadBytes + 64);
        }

        ulong revision = _revisions.Next();
        byte* next = new Record(at).WritePlainHead(attributes, revision, key.Bytes.Length, put.Value.Length, put.ClientFlags, put.ExpiryMilliseconds);
        Unsafe.WriteUnaligned(at + size - RecordLayout.Alignment, 0); // the padding, under the end of the value
        CopyKey(key.Bytes, next);
        put.Value.CopyTo(new Span<byte>(next + key.Bytes.Length, put.Value.Length));
        if (_isDurable)
        {
            new Record(at).WriteChecksum(size, _head.ActiveSequence);
        }
        else
        {
            new Record(at).FirstWord = (uint)Clock.Seconds;
        }

        if (dead != null)
        {
            dead->Dead += deadSize;
        }

        _head.Exit();
        _feed?.Written();
        NoteExpiry(location, put.ExpiryMilliseconds);
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
