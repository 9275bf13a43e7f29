// Relies on: the disk's files stay mapped meanwhile.
using System.Globalization;
using System.Text;
using AotKv.Engine.Log;
using Record = AotKv.Engine.Log.Record;

namespace AotKv.Engine.Tests.Durability;

/// <summary>A disk's log in words, for whoever looks into a failure (AOTKV_DUMP=1).</summary>
internal static unsafe class LogDump
{
    public static bool IsWanted => Environment.GetEnvironmentVariable("AOTKV_DUMP") == "1";

    public static string Of(SimulatedDisk disk)
    {
        var text = new StringBuilder();
        foreach (string name in disk.Segments)
        {
            SimulatedFile file = disk[name];
            SegmentHeader.Fields header = default;
            string? wrong = file.Bytes < SegmentHeader.Bytes ? "too short" : SegmentHeader.Read(file.Start, file.Bytes, out header);
            text.AppendLine(CultureInfo.InvariantCulture, $"{name}: {file.Bytes} bytes, {wrong ?? ""}");
            if (wrong != null)
            {
                continue;
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"  seq {header.Sequence} large {header.IsLarge} sealed {header.IsSealed} durable {header.DurableBytes} rev {header.DurableRevision}");
            for (long at = SegmentHeader.Bytes; at < file.Bytes;)
            {
                var record = new Record(file.Start + at);
                if (!record.IsValid(file.Bytes - at, header.Sequence, out long size))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"  {at}: ends");
                    break;
                }

                text.Append(CultureInfo.InvariantCulture, $"  {at}: {record} ns {record.Namespace} '{Encoding.Latin1.GetString(record.Key)}'");
                text.Append(record.HasMore ? " more" : "").Append(CultureInfo.InvariantCulture, $" expires {record.ExpiryMilliseconds}");
                if (record.Kind == RecordKind.SegmentStart && SegmentStart.TryRead(record.Value, out SegmentStart start))
                {
                    text.Append(CultureInfo.InvariantCulture, $" {start}");
                }

                if (record.Kind == RecordKind.LargeItem && LargeReference.TryRead(record.Value, out LargeReference reference))
                {
                    text.Append(CultureInfo.InvariantCulture, $" {reference}");
                }

                text.AppendLine();
                at += header.IsLarge ? file.Bytes : size;
            }
        }

        return text.ToString();
    }
}
