using System.Globalization;
using System.Text;
using System.Text.Json;
using AotKv.Perf.Cli;
using AotKv.Perf.Measure;

namespace AotKv.Perf.Driver;

/// <summary>What <c>load</c> prints.</summary>
internal static class LoadReport
{
    private static readonly double[] Percents = [50, 90, 99, 99.9];

    public static string Text(LoadOptions options, LoadResult result)
    {
        var text = new StringBuilder();
        CultureInfo plain = CultureInfo.InvariantCulture;
        string loop = options.Rate > 0
            ? string.Create(plain, $"open loop, {options.Rate:N0} requests/s ({options.Arrival})")
            : string.Create(plain, $"closed loop, depth {options.Depth} ({(options.SlidingWindow ? "sliding" : "batches")})");
        text.Append(plain, $"{options.Scenario.Name}: {options.Scenario.Describe()}\n");
        text.Append(plain, $"{options.Target}, {options.Protocol}, {options.Connections} connections, ");
        text.Append(plain, $"{options.Threads} thread(s), {loop}\n\n");
        text.Append(plain, $"requests     {result.Requests,14:N0}   in {result.Seconds:F2} s = {result.PerSecond:N0}/s\n");
        Append(text, "hits", result.Tally.Hits);
        Append(text, "misses", result.Tally.Misses);
        Append(text, "stored", result.Tally.Stored);
        Append(text, "not stored", result.Tally.NotStored);
        Append(text, "deleted", result.Tally.Deleted);
        Append(text, "touched", result.Tally.Touched);
        Append(text, "counted", result.Tally.Counted);
        Append(text, "not found", result.Tally.NotFound);
        Append(text, "verified", result.Tally.VerifiedValues);
        Append(text, "errors", result.Tally.Errors);
        if (result.Tally.FirstError is { } error)
        {
            text.Append(plain, $"             first error: {error}\n");
        }

        Append(text, "latency us", result.Latency);
        if (result.SendLag.Count > 0)
        {
            Append(text, "sent late us", result.SendLag);
        }

        text.Append(plain, $"client       {result.ClientNanosecondsPerRequest:F0} ns CPU per request, {result.ClientCores:F2} cores\n");
        if (result.ServerCpuNanoseconds > 0)
        {
            text.Append(plain, $"server       {result.ServerNanosecondsPerRequest:F0} ns CPU per request ");
            text.Append(plain, $"({result.ServerUserShare:P0} user), {result.ServerCores:F2} cores, ");
            text.Append(plain, $"{Units.Megabytes(result.ServerResidentBytes)} MB resident\n");
        }

        return text.ToString();
    }

    public static string Json(LoadOptions options, LoadResult result)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("scenario", options.Scenario.Name);
            json.WriteString("load", options.Scenario.Describe());
            json.WriteString("target", options.Target.ToString());
            json.WriteString("protocol", options.Protocol);
            json.WriteNumber("connections", options.Connections);
            json.WriteNumber("depth", options.Depth);
            json.WriteBoolean("slidingWindow", options.SlidingWindow);
            json.WriteNumber("rate", options.Rate);
            json.WriteNumber("seconds", result.Seconds);
            json.WriteNumber("requests", result.Requests);
            json.WriteNumber("requestsPerSecond", result.PerSecond);
            WriteTally(json, result.Tally);
            WriteLatency(json, "latencyNanoseconds", result.Latency);
            WriteLatency(json, "sendLagNanoseconds", result.SendLag);
            json.WriteNumber("clientNanosecondsPerRequest", result.ClientNanosecondsPerRequest);
            json.WriteNumber("clientCores", result.ClientCores);
            json.WriteNumber("serverNanosecondsPerRequest", result.ServerNanosecondsPerRequest);
            json.WriteNumber("serverUserShare", result.ServerUserShare);
            json.WriteNumber("serverCores", result.ServerCores);
            json.WriteNumber("serverResidentBytes", result.ServerResidentBytes);
            json.WriteNumber("otherCores", result.OtherCores);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static void Append(StringBuilder text, string name, long count)
    {
        if (count != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name,-12} {count,14:N0}\n");
        }
    }

    private static void Append(StringBuilder text, string name, LatencyHistogram latency)
    {
        text.Append(CultureInfo.InvariantCulture, $"{name,-12}");
        foreach (double percent in Percents)
        {
            text.Append(CultureInfo.InvariantCulture, $" p{percent} {Units.Microseconds(latency.Percentile(percent))}  ");
        }

        text.Append(CultureInfo.InvariantCulture, $" max {Units.Microseconds(latency.Max)}\n");
    }

    private static void WriteTally(Utf8JsonWriter json, Tally tally)
    {
        json.WriteNumber("hits", tally.Hits);
        json.WriteNumber("misses", tally.Misses);
        json.WriteNumber("stored", tally.Stored);
        json.WriteNumber("notStored", tally.NotStored);
        json.WriteNumber("deleted", tally.Deleted);
        json.WriteNumber("touched", tally.Touched);
        json.WriteNumber("counted", tally.Counted);
        json.WriteNumber("notFound", tally.NotFound);
        json.WriteNumber("verifiedValues", tally.VerifiedValues);
        json.WriteNumber("valueBytes", tally.ValueBytes);
        json.WriteNumber("errors", tally.Errors);
        json.WriteString("firstError", tally.FirstError);
    }

    private static void WriteLatency(Utf8JsonWriter json, string name, LatencyHistogram latency)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", latency.Count);
        json.WriteNumber("mean", latency.Mean);
        json.WriteNumber("p50", latency.Percentile(50));
        json.WriteNumber("p90", latency.Percentile(90));
        json.WriteNumber("p99", latency.Percentile(99));
        json.WriteNumber("p99.9", latency.Percentile(99.9));
        json.WriteNumber("max", latency.Max);
        json.WriteEndObject();
    }
}
