using System.Globalization;
using System.Text.Json;
using AotKv.Http.Text;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Http.Metrics;

/// <summary>
/// A snapshot as the JSON form of OpenTelemetry's ExportMetricsServiceRequest: sums and histograms cumulative since the start; 64-bit
/// numbers are strings, as the mapping of protobuf to JSON has it.
/// </summary>
internal static class OtlpJson
{
    private const int Cumulative = 2;

    public static byte[] Write(MetricSnapshot snapshot, DateTimeOffset started)
    {
        using ArrayPoolBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonText.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceMetrics"u8);
            json.WriteStartObject();
            json.WriteStartObject("resource"u8);
            Labels(json, [new("service.name", "aotkv"), new("process.pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), new("host.name", Environment.MachineName)]);
            json.WriteEndObject();
            json.WriteStartArray("scopeMetrics"u8);
            foreach (IGrouping<string, MetricFamily> scope in snapshot.Families.Values.GroupBy(family => family.Scope))
            {
                json.WriteStartObject();
                json.WriteStartObject("scope"u8);
                json.WriteString("name"u8, scope.Key);
                json.WriteEndObject();
                json.WriteStartArray("metrics"u8);
                foreach (MetricFamily family in scope)
                {
                    Write(json, family, Nanoseconds(started), Nanoseconds(snapshot.At));
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Nanoseconds(DateTimeOffset time) => ((time - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, MetricFamily family, string started, string at)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, family.Name);
        json.WriteString("description"u8, family.Help);
        json.WriteString("unit"u8, family.Unit);
        json.WriteStartObject(family.Kind switch { MetricKind.Counter => "sum"u8, MetricKind.Gauge => "gauge"u8, _ => "histogram"u8 });
        if (family.Kind != MetricKind.Gauge)
        {
            json.WriteNumber("aggregationTemporality"u8, Cumulative);
        }

        if (family.Kind == MetricKind.Counter)
        {
            json.WriteBoolean("isMonotonic"u8, true);
        }

        json.WriteStartArray("dataPoints"u8);
        foreach (MetricPoint point in family.Points)
        {
            json.WriteStartObject();
            Labels(json, point.Labels);
            json.WriteString("startTimeUnixNano"u8, started);
            json.WriteString("timeUnixNano"u8, at);
            if (family.Kind == MetricKind.Histogram)
            {
                Histogram(json, point);
            }
            else if (family.IsInteger)
            {
                json.WriteString("asInt"u8, ((long)point.Value).ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                json.WriteNumber("asDouble"u8, point.Value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Histogram(Utf8JsonWriter json, MetricPoint point)
    {
        json.WriteString("count"u8, point.Count.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("sum"u8, point.Value);
        json.WriteStartArray("explicitBounds"u8);
        foreach ((double bound, _) in point.Buckets.Where(bucket => double.IsFinite(bucket.Bound)))
        {
            json.WriteNumberValue(bound);
        }

        json.WriteEndArray();
        json.WriteStartArray("bucketCounts"u8);
        long below = 0;
        foreach ((_, long count) in point.Buckets)
        {
            json.WriteStringValue((count - below).ToString(CultureInfo.InvariantCulture));
            below = count;
        }

        json.WriteEndArray();
    }

    private static void Labels(Utf8JsonWriter json, KeyValuePair<string, string>[] labels)
    {
        json.WriteStartArray("attributes"u8);
        foreach ((string name, string value) in labels)
        {
            json.WriteStartObject();
            json.WriteString("key"u8, name);
            json.WriteStartObject("value"u8);
            json.WriteString("stringValue"u8, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
