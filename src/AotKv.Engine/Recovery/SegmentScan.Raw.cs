// Relies on: the file stays mapped and nobody writes to it while it is scanned.
using AotKv.Engine.Log;
using AotKv.Engine.Native;

namespace AotKv.Engine.Recovery;

/// <summary>What one pass over a segment's records has found.</summary>
internal sealed unsafe class SegmentScan
{
    private SegmentScan(LogFile file) => File = file;

    public LogFile File { get; }

    /// <summary>What the first record says; null when there is no valid first record.</summary>
    public SegmentStart? Start { get; private set; }

    /// <summary>Offset behind the last valid record.</summary>
    public long ValidBytes { get; private set; } = SegmentGeometry.SegmentHeaderBytes;

    /// <summary>The last valid record's revision; 0 when there is none.</summary>
    public ulong LastRevision { get; private set; }

    /// <summary>The revision of a transaction that has begun and whose last record is not in this segment; 0 when there is none.</summary>
    public ulong OpenTransaction { get; private set; }

    /// <summary>The first record's revision.</summary>
    public ulong FirstRevision { get; private set; }

    /// <summary>The revision of the first record that is a change; 0 when there is none.</summary>
    public ulong FirstChange { get; private set; }

    /// <summary>The highest segment sequence that any record speaks of: none up to it may be given out again.</summary>
    public ulong HighestSequence { get; private set; }

    /// <summary>Bytes of records that say what a namespace is: they count as live.</summary>
    public long NamespaceBytes { get; private set; }

    /// <summary>References to large records, in order.</summary>
    public List<(ulong Revision, LargeReference Reference)> LargeReferences { get; } = [];

    /// <summary>Bytes behind the last valid record that are not zero: how much of a torn write is left, at least.</summary>
    public bool HasTornTail { get; private set; }

    /// <summary>A record that is not empty was found.</summary>
    public bool HasRecords => ValidBytes > SegmentGeometry.SegmentHeaderBytes;

    /// <summary>Bytes that are durable for certain and not valid: damage.</summary>
    public bool IsDamaged => ValidBytes < File.Header.DurableBytes;

    /// <summary>Checks every record from the first on, until one is not valid.</summary>
    public static SegmentScan Run(LogFile file)
    {
        var scan = new SegmentScan(file);
        byte* start = file.Block.Start;
        long end = file.Header.IsSealed ? file.Header.DurableBytes : file.Block.Bytes;
        NativePages.PopulateForReading(start, file.Block.Bytes);
        ulong sequence = file.Header.Sequence;
        long at = SegmentGeometry.SegmentHeaderBytes;
        while (at < end)
        {
            var record = new Record(start + at);
            if (!record.IsValid(end - at, sequence, out long size) || !scan.Accept(record))
            {
                break;
            }

            at += size;
            if (file.Header.IsLarge)
            {
                break;
            }
        }

        scan.ValidBytes = at;
        long rest = file.Header.IsLarge ? 0 : Math.Min(end - at, RecordLayout.HeaderBytes);
        scan.HasTornTail = rest > 0 && new ReadOnlySpan<byte>(start + at, (int)rest).IndexOfAnyExcept((byte)0) >= 0;
        return scan;
    }

    /// <summary>Whether a record makes sense where it is; takes note of it.</summary>
    private bool Accept(Record record)
    {
        if (File.Header.IsLarge)
        {
            LastRevision = record.Revision;
            return true;
        }

        if (Start == null)
        {
            if (record.Kind != RecordKind.SegmentStart || !SegmentStart.TryRead(record.Value, out SegmentStart start))
            {
                return false;
            }

            Start = start;
            FirstRevision = record.Revision;
            HighestSequence = start.PreviousSequence;
            LastRevision = record.Revision;
            return true;
        }

        if (!Start.Value.IsMain)
        {
            // New writes are in order; only the records of one transaction share a revision, and a segment may begin inside one.
            bool isSame = record.Revision == LastRevision
                && (OpenTransaction == record.Revision || FirstChange == 0 || record.Kind == RecordKind.Void);
            if (record.Revision <= LastRevision && !isSame)
            {
                return false;
            }

            if (OpenTransaction != 0 && OpenTransaction != record.Revision)
            {
                return false; // nothing comes between the records of a transaction
            }

            FirstChange = FirstChange == 0 ? record.Revision : FirstChange;
            OpenTransaction = record.HasMore ? record.Revision : 0;
        }

        if (record.Kind == RecordKind.LargeItem && LargeReference.TryRead(record.Value, out LargeReference reference))
        {
            LargeReferences.Add((record.Revision, reference));
            HighestSequence = Math.Max(HighestSequence, reference.Sequence);
        }

        NamespaceBytes += record.Kind == RecordKind.Namespace ? record.Size : 0;
        LastRevision = Math.Max(LastRevision, record.Revision);
        return true;
    }
}
