namespace AotKv.Engine;

/// <summary>How far recovery has come.</summary>
/// <param name="Stage">What is being done, in a word or two.</param>
/// <param name="SegmentsDone">Segments dealt with in this stage.</param>
/// <param name="SegmentsTotal">Segments in all.</param>
/// <param name="Items">Items found so far.</param>
/// <param name="Bytes">Bytes read so far in this stage.</param>
/// <param name="BytesTotal">Bytes to read in this stage.</param>
/// <param name="Elapsed">Time since recovery began.</param>
public readonly record struct RecoveryProgress(
    string Stage, int SegmentsDone, int SegmentsTotal, long Items, long Bytes, long BytesTotal, TimeSpan Elapsed)
{
    /// <summary>Estimated time to the end of the stage; null when nothing can be said yet.</summary>
    public TimeSpan? Left => Bytes == 0 ? null : TimeSpan.FromTicks((long)(Elapsed.Ticks * ((BytesTotal - Bytes) / (double)Bytes)));
}
