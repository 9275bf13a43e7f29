// Relies on: segments live in one native array that is never moved, so pointers to them stay valid for the store's life.
using System.Runtime.InteropServices;

namespace AotKv.Engine.Log;

/// <summary>Where a segment is in its life.</summary>
internal enum SegmentState
{
    /// <summary>The id is not in use; no memory behind it.</summary>
    Absent,

    /// <summary>Memory is there, nothing in it; a file says so durably.</summary>
    Free,

    /// <summary>A log head appends to it, or a large record is being written.</summary>
    Active,

    /// <summary>Full; waits in a queue. A large one: in use.</summary>
    Sealed,

    /// <summary>The reclaimer walks it.</summary>
    Reclaiming,

    /// <summary>Empty, but a reader still holds bytes in it.</summary>
    Pinned,

    /// <summary>Empty, but what took its records' place is not durable yet.</summary>
    Pending,
}

/// <summary>One stretch of the log. 128 bytes, two cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
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

    /// <summary>No record in here expires before this, milliseconds since 1970; a lower bound. Interlocked.</summary>
    public long MinExpiryMilliseconds;

    /// <summary>Capacity of the large segments whose references are in here. Interlocked.</summary>
    public long LargeBytes;

    /// <summary>A large segment: where its reference is. The stripe lock of its key.</summary>
    public long ReferenceLocation;

    /// <summary>Readers that hold bytes beyond a stripe lock. Interlocked.</summary>
    public int Pins;

    /// <summary>How often the id was put to use: tells a segment from a later one in the same place. Pool lock.</summary>
    public uint Generation;

    /// <summary>The number of this use of the segment, never used again. In the file's header and in every checksum.</summary>
    public ulong Sequence;

    /// <summary>The last revision given out when the segment became active: nothing in it was put there before that.</summary>
    public ulong Activation;

    /// <summary>Bytes of deletion records in here. The head's lock.</summary>
    public long TombstoneBytes;

    /// <summary>Bytes known to be durable. Syncer only.</summary>
    public long SyncedBytes;

    /// <summary>See <see cref="SegmentState"/>.</summary>
    public SegmentState State;

    /// <summary>Holds one large record and was sized for it.</summary>
    public bool IsLarge;

    /// <summary>Belongs to the main part (survivors), not to the young part (new writes).</summary>
    public bool IsMain;

    /// <summary>Its pages were faulted in.</summary>
    public bool IsPopulated;

    /// <summary>Everything in it is as durable as the log promises: it may be reclaimed. Always so in memory.</summary>
    public bool IsSettled;

    /// <summary>Items were evicted from it, and its bytes on disk still hold them. Interlocked in the pool's count.</summary>
    public bool HoldsEvicted;

    /// <summary>A flush came after its last walk: records in it may be invisible and still have slots.</summary>
    public bool NeedsSweep;

    /// <summary>A large one that no slot points to any more, kept for the feed until its reference goes. The stripe lock of its key.</summary>
    public bool IsOrphan;

    /// <summary>The segment's place in the order of all segments of its head. The head's lock.</summary>
    public ulong Ordinal;

    /// <summary>When the sweeper first saw that something is due here, in ticks of the stopwatch; 0 when nothing is.</summary>
    public long DueSince;
}
