using System.Diagnostics;
using System.Numerics;

namespace AotKv.Engine.Log;

/// <summary>Sizes that follow from the memory limit.</summary>
internal readonly record struct SegmentGeometry
{
    /// <summary>Bits of a location: 2^37 units of 4 bytes, 512 GiB.</summary>
    public const int LocationBits = 37;

    /// <summary>Bytes at the start of every segment that hold no record.</summary>
    public const int SegmentHeaderBytes = SegmentHeader.Bytes;

    private const long SmallestSegment = 64 << 10;
    private const long UsualLargestSegment = 8 << 20;

    /// <summary>
    /// About how many segments a store is cut into: enough that one is a small step of eviction, and that the six which are being filled or kept
    /// ready are a small part of the memory (1.2 %).
    /// </summary>
    private const long WantedSegments = 512;

    /// <summary>The same where a segment has a price of its own: a file, or whole large pages.</summary>
    private const long WantedCostlySegments = 256;

    /// <summary>No more mapped files than the usual limit on mappings (65,530) leaves room for.</summary>
    private const long MostSegments = 16384;

    private SegmentGeometry(long segmentBytes, long memoryLimitBytes, int idsInUse)
    {
        SegmentBytes = segmentBytes;
        OffsetBits = BitOperations.Log2((ulong)segmentBytes / RecordLayout.Alignment);
        MaxSharedRecordBytes = (int)(segmentBytes / 8);

        // Shared segments, and large ones of at least an eighth of a segment, and some that are being emptied.
        MaxSegments = (int)Math.Min((memoryLimitBytes / MaxSharedRecordBytes) + 64 + idsInUse, 1L << (LocationBits - OffsetBits));
    }

    /// <summary>Bytes of a shared segment; a power of two.</summary>
    public long SegmentBytes { get; }

    /// <summary>Bits of a location that are the offset in the segment, in units of <see cref="RecordLayout.Alignment"/>.</summary>
    public int OffsetBits { get; }

    /// <summary>A larger record gets a segment of its own.</summary>
    public int MaxSharedRecordBytes { get; }

    /// <summary>How many segment ids there are.</summary>
    public int MaxSegments { get; }

    /// <summary>Cuts a memory limit into segments.</summary>
    /// <param name="memoryLimitBytes">The limit.</param>
    /// <param name="segmentBytes">The size that a log on disk has already, or a test wants; null to choose it.</param>
    /// <param name="idsInUse">Ids that a log on disk has given out already.</param>
    /// <param name="isCostly">Each segment is a file, or wants large pages.</param>
    public static SegmentGeometry For(long memoryLimitBytes, long? segmentBytes = null, int idsInUse = 0, bool isCostly = false)
    {
        if (segmentBytes is long given)
        {
            return new SegmentGeometry(given, memoryLimitBytes, idsInUse);
        }

        long bytes = (long)BitOperations.RoundUpToPowerOf2((ulong)(memoryLimitBytes / (isCostly ? WantedCostlySegments : WantedSegments)) + 1) / 2;
        bytes = Math.Clamp(bytes, SmallestSegment, UsualLargestSegment);
        while (memoryLimitBytes / bytes > MostSegments)
        {
            bytes *= 2;
        }

        Debug.Assert(BitOperations.IsPow2(bytes), "offsets are cut out of locations by shifting");
        return new SegmentGeometry(bytes, memoryLimitBytes, idsInUse);
    }

    /// <summary>
    /// Size of a large record's own segment: the record rounded up to one of eight sizes per doubling, so that the memory of a
    /// freed one fits the next of about the same size.
    /// </summary>
    public static long LargeSegmentBytes(long recordBytes)
    {
        long needed = recordBytes + SegmentHeaderBytes;
        long step = Math.Max(4096, (long)BitOperations.RoundUpToPowerOf2((ulong)needed) / 16);
        return (needed + step - 1) / step * step;
    }
}
