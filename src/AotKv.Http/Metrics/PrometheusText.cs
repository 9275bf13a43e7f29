using System.Globalization;
using System.Text;
using AotKv.Engine.Measure;

namespace AotKv.Http.Metrics;

/// <summary>
/// Prometheus' text format, version 0.0.4. Names follow OpenTelemetry's rule for it: dots become underscores, the unit and, for counters,
/// <c>_total</c> are appended.
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes all families.</summary>
    public static byte[] Write(MetricSnapshot snapshot)
    {
        StringBuilder text = new(16 << 10);
        foreach (MetricFamily family in snapshot.Families.Values)
        {
            Write(family, text);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The name of a family.</summary>
    public static string NameOf(MetricFamily family)
    {
        string name = family.Name.Replace('.', '_');
        string unit = family.Unit switch { "s" => "_seconds", "By" => "_bytes", "1" when family.Kind == MetricKind.Gauge => "_ratio", _ => string.Empty };
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return family.Kind == MetricKind.Counter ? name + "_total" : name;
    }

    private static void Write(MetricFamily family, StringBuilder text)
    {
        string name = NameOf(family);
        text.Append("# HELP ").Append(name).Append(' ').Append(family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(family.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Gauge => "gauge",
            _ => "histogram",
        }).Append('\n');
        foreach (MetricPoint point in family.Points)
        {
            if (family.Kind == MetricKind.Histogram)
            {
                WriteHistogram(name, point, text);
            }
            else
            {
                Line(text, name, point.Labels, null, point.Value);
            }
        }
    }

    /// <summary>One bucket of each power of two: percentiles need no more, and a scrape stays small.</summary>
    private static void WriteHistogram(string name, MetricPoint point, StringBuilder text)
    {
        for (int i = 0; i < point.Buckets.Count; i++)
        {
            if (i % TimeHistogram.StepsPerOctave == 0 || i == point.Buckets.Count - 1)
            {
                Line(text, name + "_bucket", point.Labels, Number(point.Buckets[i].Bound), point.Buckets[i].Count);
            }
        }

        Line(text, name + "_sum", point.Labels, null, point.Value);
        Line(text, name + "_count", point.Labels, null, point.Count);
    }

    private static void Line(StringBuilder text, string name, KeyValuePair<string, string>[] labels, string? bound, double value)
    {
        text.Append(name);
        char separator = '{';
        foreach ((string label, string said) in labels)
        {
            text.Append(separator).Append(label).Append("=\"");
            Escape(said, text);
            text.Append('"');
            separator = ',';
        }

        if (bound != null)
        {
            text.Append(separator).Append("le=\"").Append(bound).Append('"');
            separator = ',';
        }

        text.Append(separator == ',' ? "} " : " ").Append(Number(value)).Append('\n');
    }

    private static void Escape(string value, StringBuilder text)
    {
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(letter),
            };
        }
    }

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
