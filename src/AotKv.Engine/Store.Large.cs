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
    internal const int LargePerSegment = 16;

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

        record = FillLarge(id, draft, attributes, size, out uint body);
        _head.Enter();
        if (!AppendReference(id, draft, draft.Revision, body, out int referenceSize))
        {
            _head.Exit();
            room.Needed = referenceSize;
            return false;
        }

        if (deadSize != 0)
        {
            NoteDead(deadLocation, deadSize);
        }

        _head.Exit();
        _feed?.Written();
        room.Large = -1;
        location = _segments.LargeLocation(id);
        NoteExpiry(_segments[id]->ReferenceLocation, draft.ExpiryMilliseconds);
        return true;
    }

    /// <summary>Writes a large record but for its revision. Nobody else knows the segment yet.</summary>
    private Record FillLarge(int id, scoped in Draft draft, byte attributes, long size, out uint body)
    {
        Segment* segment = _segments[id];
        var record = new Record(segment->Base + SegmentGeometry.SegmentHeaderBytes);
        Record.WriteValue(record.WriteHead(draft, attributes, 0), draft);
        record.FirstWord = (uint)Clock.Seconds;
        segment->Used = SegmentGeometry.SegmentHeaderBytes + size;
        body = _isDurable ? record.BodyChecksum(size) : 0;
        return record;
    }

    /// <summary>Gives a large record its revision and appends the reference to it. Head lock held.</summary>
    /// <param name="id">The large segment.</param>
    /// <param name="draft">The record.</param>
    /// <param name="revision">Its revision; 0 draws the next.</param>
    /// <param name="body">The first part of its checksum.</param>
    /// <param name="referenceSize">Bytes of the reference.</param>
    /// <returns>False when there is no room for the reference.</returns>
    private bool AppendReference(int id, scoped in Draft draft, ulong revision, uint body, out int referenceSize)
    {
        Segment* segment = _segments[id];
        var record = new Record(segment->Base + SegmentGeometry.SegmentHeaderBytes);
        long size = segment->Used - SegmentGeometry.SegmentHeaderBytes;
        Span<byte> referenceBytes = stackalloc byte[LargeReference.Bytes];
        new LargeReference(id, segment->Sequence, size).Write(referenceBytes);
        scoped var reference = new Draft
        {
            Key = draft.Key,
            Namespace = draft.Namespace,
            First = referenceBytes,
            ClientFlags = draft.ClientFlags,
            ExpiryMilliseconds = draft.ExpiryMilliseconds,
            Kind = RecordKind.LargeItem,
            Extra = draft.Extra,
            HasMore = draft.HasMore,
        };
        byte attributes = reference.Attributes;
        referenceSize = (int)RecordLayout.Size(attributes, reference.Key.Length, referenceBytes.Length);
        byte* at = _head.Append(referenceSize, out long location);
        if (at == null)
        {
            return false;
        }

        var written = new Record(at);
        record.Revision = revision != 0 ? revision : _revisions.Next();
        Record.WriteValue(written.WriteHead(reference, attributes, record.Revision), reference);
        if (_isDurable)
        {
            // The reference follows its record to the disk: both are in the same sync, or the reference in a later one.
            written.WriteChecksum(referenceSize, _head.ActiveSequence);
            record.FirstWord = record.FinishChecksum(body, segment->Sequence);
            _head.AddUnsynced(id);
        }

        segment->ReferenceLocation = location;
        segment->State = SegmentState.Sealed;
        Segment* holder = _segments.Of(location);
        if (Interlocked.Add(ref holder->LargeBytes, segment->Capacity) > _pool.Geometry.SegmentBytes * LargePerSegment)
        {
            // Eviction works on segments: one must not stand for too much.
            _head.Seal();
        }

        return true;
    }

    /// <summary>A large record that no slot points to any more gives its segment back, and its reference is dead.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FreeLarge(Segment* segment)
    {
        Segment* holder = _segments.Of(segment->ReferenceLocation);
        long size = _segments.At(segment->ReferenceLocation).Size;
        if (_feed != null && !holder->IsMain && holder->State is SegmentState.Active or SegmentState.Sealed)
        {
            segment->IsOrphan = true; // the reclaimer gives it back with its reference
        }
        else
        {
            Interlocked.Add(ref holder->LargeBytes, -segment->Capacity);
            _pool.Release(_segments.IdOf(segment));
        }

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
