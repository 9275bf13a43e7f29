// Relies on: segments live in one native array that is never moved, so pointers to them stay valid for the store's life.
using System.Runtime.InteropServices;

namespace AotKv.Engine.Log;

/// <summary>Where a segment is in its life.</summary>
internal enum SegmentState
{
    /// <summary>The id is not in use; no memory behind it.</summary>
    Absent,

    /// <summary>Memory is there, nothing in it.</summary>
    Free,

    /// <summary>A log head appends to it.</summary>
    Active,

    /// <summary>Full; waits in a queue.</summary>
    Sealed,

    /// <summary>The reclaimer walks it.</summary>
    Reclaiming,

    /// <summary>Empty, but a reader still holds bytes in it.</summary>
    Pinned,
}

/// <summary>One stretch of the log in memory. 64 bytes, one to a cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct Segment
{
    /// <summary>First byte.</summary>
    public byte* Base;

    /// <summary>Bytes in all.</summary>
    public long Capacity;

    /// <summary>Bytes written, from the base. Written under the lock of the head that owns the segment; constant once sealed.</summary>
    public long Used;

    /// <summary>Bytes of records that no slot points to. Written under the lock of the head for new writes.</summary>
    public long Dead;

    /// <summary>No record in here expires before this, milliseconds since 1970; a lower bound. Plain writes under stripe locks.</summary>
    public long MinExpiryMilliseconds;

    /// <summary>Readers that hold bytes beyond a stripe lock. Interlocked.</summary>
    public int Pins;

    /// <summary>How often the id was put to use: tells a segment from a later one in the same place. Pool lock.</summary>
    public uint Generation;

    /// <summary>See <see cref="SegmentState"/>.</summary>
    public SegmentState State;

    /// <summary>Holds one large record and was sized for it.</summary>
    public bool IsLarge;

    /// <summary>Belongs to the main part (survivors), not to the young part (new writes).</summary>
    public bool IsMain;

    /// <summary>A flush made everything in it dead, but slots still point here: it must be walked before it is freed.</summary>
    public bool HasFlushedSlots;

    /// <summary>Its pages were faulted in.</summary>
    public bool IsPopulated;
}
