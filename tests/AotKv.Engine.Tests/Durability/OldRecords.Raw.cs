// Relies on: the file stays mapped meanwhile.
using AotKv.Engine.Log;
using Record = AotKv.Engine.Log.Record;

namespace AotKv.Engine.Tests.Durability;

/// <summary>Looks for what an earlier life of a segment has left behind its end.</summary>
internal static unsafe class OldRecords
{
    private const int LivesBack = 300;
    private const int Farthest = 600;

    /// <summary>Whether a record that was valid in an earlier life follows the last that is valid now.</summary>
    public static bool Follow(SimulatedFile file)
    {
        if (SegmentHeader.Read(file.Start, file.Bytes, out SegmentHeader.Fields header) != null || header.IsLarge || header.IsSealed)
        {
            return false;
        }

        long at = SegmentHeader.Bytes;
        while (at < file.Bytes && new Record(file.Start + at).IsValid(file.Bytes - at, header.Sequence, out long size))
        {
            at += size;
        }

        bool isBegun = at > SegmentHeader.Bytes + 200;
        long end = Math.Min(at + Farthest, file.Bytes - RecordLayout.HeaderBytes);
        for (; isBegun && at < end; at += RecordLayout.Alignment)
        {
            var record = new Record(file.Start + at);
            for (ulong back = 1; back < LivesBack && back < header.Sequence && record.Revision != 0; back++)
            {
                if (record.IsValid(file.Bytes - at, header.Sequence - back, out _))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
