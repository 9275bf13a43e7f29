using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AotKv.Perf.Cli;

namespace AotKv.Micro;

/// <summary>The measurements as a table and as JSON.</summary>
internal static class Report
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>How this program was compiled; only native figures are the product's.</summary>
    public static string Compilation => RuntimeFeature.IsDynamicCodeSupported ? "just-in-time" : "native";

    /// <summary>A row for each measurement, in Markdown when asked.</summary>
    public static string Table(IReadOnlyList<Measurement> measurements, bool markdown)
    {
        var table = new TextTable(
            "<subject", "<operation", "keys", "ns best", "median", "worst", "bytes allocated", "first bar", "final bar", "<met");
        foreach (Measurement measurement in measurements)
        {
            (double first, double final) = Bars.Of(measurement);
            table.Add(
                measurement.Subject,
                measurement.Operation,
                measurement.Keys.ToString("N0", Plain),
                measurement.Nanoseconds.Min.ToString("F1", Plain),
                measurement.Nanoseconds.Median.ToString("F1", Plain),
                measurement.Nanoseconds.Max.ToString("F1", Plain),
                measurement.AllocatedBytes.ToString("F1", Plain),
                first > 0 ? first.ToString("F0", Plain) : "",
                final > 0 ? final.ToString("F0", Plain) : "",
                Met(measurement.Nanoseconds.Min, first, final));
        }

        return markdown ? table.ToMarkdown() : table.ToText();
    }

    /// <summary>Writes the measurements to a file.</summary>
    public static void WriteJson(string path, IReadOnlyList<Measurement> measurements)
    {
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("compilation", Compilation);
        json.WriteString("framework", Environment.Version.ToString());
        json.WriteStartArray("measurements");
        foreach (Measurement measurement in measurements)
        {
            (double first, double final) = Bars.Of(measurement);
            json.WriteStartObject();
            json.WriteString("subject", measurement.Subject);
            json.WriteString("operation", measurement.Operation);
            json.WriteNumber("keys", measurement.Keys);
            json.WriteNumber("medianNanoseconds", measurement.Nanoseconds.Median);
            json.WriteNumber("minNanoseconds", measurement.Nanoseconds.Min);
            json.WriteNumber("maxNanoseconds", measurement.Nanoseconds.Max);
            json.WriteNumber("allocatedBytes", measurement.AllocatedBytes);
            json.WriteNumber("firstBarNanoseconds", first);
            json.WriteNumber("finalBarNanoseconds", final);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The best of the rounds is held against the bars: what the others took longer, others on the machine have caused.</summary>
    private static string Met(double nanoseconds, double first, double final) =>
        final == 0 ? "" : nanoseconds < final ? "final" : first > 0 && nanoseconds < first ? "first" : "no";
}
