// Relies on: ids below Count; the two native arrays are never moved or freed before the store is.
using System.Runtime.CompilerServices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>All segments by id, and the way from a location in the index to a record's address.</summary>
internal sealed unsafe class SegmentTable : IDisposable
{
    private readonly Segment* _segments;
    private readonly byte** _bases;
    private readonly long _segmentsBytes;
    private readonly long _basesBytes;
    private readonly long _offsetMask;

    public SegmentTable(SegmentGeometry geometry)
    {
        Geometry = geometry;
        _offsetMask = (1L << geometry.OffsetBits) - 1;
        _segmentsBytes = NativePages.RoundUp((long)geometry.MaxSegments * sizeof(Segment));
        _basesBytes = NativePages.RoundUp((long)geometry.MaxSegments * sizeof(byte*));
        _segments = (Segment*)Throw.IfNoMemory(NativePages.Map(_segmentsBytes), _segmentsBytes);
        _bases = (byte**)Throw.IfNoMemory(NativePages.Map(_basesBytes), _basesBytes);
    }

    public SegmentGeometry Geometry { get; }

    /// <summary>How many ids there are.</summary>
    public int Count => Geometry.MaxSegments;

    /// <summary>The segment with an id.</summary>
    public Segment* this[int id]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _segments + id;
    }

    /// <summary>The record at a location.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Record At(long location) =>
        new(_bases[location >> Geometry.OffsetBits] + ((location & _offsetMask) * RecordLayout.Alignment));

    /// <summary>The id of the segment a location lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IdOf(long location) => (int)(location >> Geometry.OffsetBits);

    /// <summary>The segment a location lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Segment* Of(long location) => _segments + (location >> Geometry.OffsetBits);

    /// <summary>The location of an offset in a segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Location(int id, long offset) => ((long)id << Geometry.OffsetBits) | (offset / RecordLayout.Alignment);

    /// <summary>The location of a large segment's record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long LargeLocation(int id) => Location(id, SegmentGeometry.SegmentHeaderBytes);

    /// <summary>The id of a segment.</summary>
    public int IdOf(Segment* segment) => (int)(segment - _segments);

    /// <summary>
    /// The activation of the oldest segment that holds records, on disk or in memory: nothing that was superseded or deleted before
    /// that is left anywhere.
    /// </summary>
    /// <param name="except">A segment that does not count.</param>
    public ulong OldestActivation(int except)
    {
        ulong oldest = ulong.MaxValue;
        for (int id = 0; id < Count; id++)
        {
            Segment* segment = _segments + id;
            bool holdsRecords = segment->State is SegmentState.Active or SegmentState.Sealed or SegmentState.Reclaiming or SegmentState.Pending;
            if (id != except && holdsRecords && !segment->IsLarge && segment->Activation < oldest)
            {
                oldest = segment->Activation;
            }
        }

        return oldest;
    }

    /// <summary>Puts memory behind an id.</summary>
    public void Attach(int id, byte* memory, long bytes, bool isLarge)
    {
        _segments[id] = new Segment
        {
            Base = memory,
            Capacity = bytes,
            IsLarge = isLarge,
            State = SegmentState.Free,
            Generation = _segments[id].Generation,
        };
        _bases[id] = memory;
    }

    /// <summary>Takes the memory from behind an id.</summary>
    public void Detach(int id)
    {
        _bases[id] = null;
        _segments[id] = new Segment { Generation = _segments[id].Generation };
    }

    public void Dispose()
    {
        NativePages.Unmap((byte*)_segments, _segmentsBytes);
        NativePages.Unmap((byte*)_bases, _basesBytes);
    }
}
