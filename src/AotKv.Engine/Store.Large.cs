using System.Runtime.CompilerServices;
using AotKv.Engine.Log;

namespace AotKv.Engine;

/// <content>
/// Items too large for a shared segment. The record has a segment to itself, and the log holds a reference to it: the reference is the
/// moment of the write, and its place in the order.
/// </content>
public sealed unsafe partial class Store
{
    /// <summary>A segment that refers to so many times its own size is sealed before it is full.</summary>
    private const int LargePerSegment = 16;

    /// <summary>Fills the large segment that was got before and appends its reference. Stripe lock held.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool PlaceLarge(
        scoped in Draft draft, byte attributes, long size, ref Room room, out Record record, out long location, long deadLocation, long deadSize)
    {
        record = default;
        location = 0;
        int id = room.Large;
        if (id < 0 || _segments[id]->Capacity != SegmentGeometry.LargeSegmentBytes(size))
        {
            room.Needed = size;
            return false;
        }

        Segment* segment = _segments[id];
        record = new Record(segment->Base + SegmentGeometry.SegmentHeaderBytes);
        byte* value = record.WriteHead(draft, attributes, draft.Revision);
        Record.WriteValue(value, draft);
        record.FirstWord = (uint)Clock.Seconds;
        segment->Used = SegmentGeometry.SegmentHeaderBytes + size;
        Span<byte> referenceBytes = stackalloc byte[LargeReference.Bytes];
        new LargeReference(id, segment->Sequence, size).Write(referenceBytes);
        scoped Draft reference = draft;
        reference.First = referenceBytes;
        reference.Second = default;
        reference.Kind = RecordKind.LargeItem;
        byte referenceAttributes = reference.Attributes;
        int referenceSize = (int)RecordLayout.Size(referenceAttributes, reference.Key.Length, referenceBytes.Length);
        _head.Enter();
        byte* at = _head.Append(referenceSize, out long referenceLocation);
        if (at == null)
        {
            _head.Exit();
            room.Needed = referenceSize;
            return false;
        }

        var written = new Record(at);
        record.Revision = draft.Revision != 0 ? draft.Revision : _revisions.Next();
        Record.WriteValue(written.WriteHead(reference, referenceAttributes, record.Revision), reference);
        if (_isDurable)
        {
            // The reference follows its record to the disk: both are in the same sync, or the reference in a later one.
            written.WriteChecksum(referenceSize, _head.ActiveSequence);
            record.WriteChecksum(size, segment->Sequence);
            _head.AddUnsynced(id);
        }

        NoteDead(deadLocation, deadSize);
        segment->ReferenceLocation = referenceLocation;
        segment->State = SegmentState.Sealed;
        Segment* holder = _segments.Of(referenceLocation);
        if (Interlocked.Add(ref holder->LargeBytes, segment->Capacity) > _pool.Geometry.SegmentBytes * LargePerSegment)
        {
            // Eviction works on segments: one must not stand for too much.
            _head.Seal();
        }

        _head.Exit();
        room.Large = -1;
        location = _segments.LargeLocation(id);
        NoteExpiry(referenceLocation, draft.ExpiryMilliseconds);
        return true;
    }

    /// <summary>A large record that no slot points to any more gives its segment back, and its reference is dead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FreeIfLarge(long location)
    {
        if (_segments.Of(location)->IsLarge)
        {
            FreeLarge(_segments.Of(location));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FreeLarge(Segment* segment)
    {
        Segment* holder = _segments.Of(segment->ReferenceLocation);
        long size = _segments.At(segment->ReferenceLocation).Size;
        Interlocked.Add(ref holder->LargeBytes, -segment->Capacity);
        _pool.Release(_segments.IdOf(segment));
        _head.Enter();
        holder->Dead += size;
        _head.Exit();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseLarge(ref Room room)
    {
        _pool.Release(room.Large);
        room.Large = -1;
    }
}
