using System.Text.Json;
using AotKv.Engine.Measure;

namespace AotKv.Http.Metrics;

/// <summary>
/// What the dashboard asks for once a second: counters since the start, from two of which the page works out rates and percentiles, so that
/// the server keeps nothing for it.
/// </summary>
internal static class StatusJson
{
    /// <summary>The dashboard does not count its own questions.</summary>
    public const string OwnRoute = "/v1/status";

    private const int TopNamespaces = 8;
    private const int SlowestOfEachDoor = 6;

    public static void Write(Utf8JsonWriter json, HttpState state)
    {
        MetricSnapshot all = state.Telemetry.Collector.Collect();
        Readiness readiness = Readiness.Of(state);
        json.WriteNumber("time_ms"u8, all.At.ToUnixTimeMilliseconds());
        json.WriteNumber("uptime_s"u8, Math.Max(0, Math.Round((all.At - DateTimeOffset.UnixEpoch).TotalSeconds - all.Sum("process.start.time"), 1)));
        json.WriteString("version"u8, all.Points("aotkv.build.info") is [{ } build, ..] ? build.Label("version") : "");
        json.WriteString("state"u8, readiness.State);
        if (readiness.Reason is { } reason)
        {
            json.WriteString("reason"u8, reason);
        }

        Recovery(json, state);
        Requests(json, all);
        Latency(json, all);
        Memory(json, all);
        Disk(json, state, all);
        Connections(json, all);
        Namespaces(json, all);
        Slowest(json, state);
    }

    /// <summary>How far recovery has come, while it runs; <c>/readyz</c> says it too.</summary>
    public static void Recovery(Utf8JsonWriter json, HttpState state)
    {
        if (state.TryStore != null || state.Recovery is not { } recovery)
        {
            return;
        }

        json.WriteStartObject("recovery"u8);
        json.WriteString("stage"u8, recovery.Stage);
        json.WriteNumber("segments_done"u8, recovery.SegmentsDone);
        json.WriteNumber("segments_total"u8, recovery.SegmentsTotal);
        json.WriteNumber("items"u8, recovery.Items);
        json.WriteNumber("elapsed_ms"u8, (long)recovery.Elapsed.TotalMilliseconds);
        if (recovery.Left is { } left)
        {
            json.WriteNumber("left_ms"u8, (long)left.TotalMilliseconds);
        }

        json.WriteEndObject();
    }

    private static void Requests(Utf8JsonWriter json, MetricSnapshot all)
    {
        json.WriteStartArray("requests"u8);
        foreach (MetricPoint point in all.Points("aotkv.requests"))
        {
            json.WriteStartObject();
            json.WriteString("command"u8, point.Label("command"));
            json.WriteString("outcome"u8, point.Label("outcome"));
            json.WriteNumber("count"u8, (long)point.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("http_requests"u8, (long)all.Points("aotkv.http.requests").Where(point => point.Label("route") != OwnRoute).Sum(point => point.Value));
        json.WriteNumber("http_errors"u8, (long)all.Points("aotkv.http.requests").Where(point => point.Label("status").StartsWith('5')).Sum(point => point.Value));
    }

    private static void Latency(Utf8JsonWriter json, MetricSnapshot all)
    {
        json.WriteStartObject("latency"u8);
        json.WriteStartArray("bounds_s"u8);
        for (int i = 0; i < TimeHistogram.BucketCount - 1; i++)
        {
            json.WriteNumberValue(TimeHistogram.BoundSeconds(i));
        }

        json.WriteEndArray();
        Histogram(json, "memcached", all.Points("aotkv.batch.duration"));
        Histogram(json, "http", all.Points("aotkv.http.request.duration").Where(point => point.Label("route").StartsWith("/v1/", StringComparison.Ordinal) && point.Label("route") != OwnRoute));
        Histogram(json, "fsync", all.Points("aotkv.fsync.duration"));
        json.WriteEndObject();
    }

    /// <summary>How many were in each bucket: of all routes together.</summary>
    private static void Histogram(Utf8JsonWriter json, string name, IEnumerable<MetricPoint> points)
    {
        long[] cumulative = new long[TimeHistogram.BucketCount];
        foreach (MetricPoint point in points)
        {
            for (int i = 0; i < point.Buckets.Count; i++)
            {
                cumulative[i] += point.Buckets[i].Count;
            }
        }

        json.WriteStartArray(name);
        for (int i = 0; i < cumulative.Length; i++)
        {
            json.WriteNumberValue(i == 0 ? cumulative[0] : cumulative[i] - cumulative[i - 1]);
        }

        json.WriteEndArray();
    }

    private static void Memory(Utf8JsonWriter json, MetricSnapshot all)
    {
        json.WriteNumber("items"u8, (long)all.Sum("aotkv.items"));
        json.WriteNumber("items_written"u8, (long)all.Sum("aotkv.items.written"));
        json.WriteStartObject("evictions"u8);
        json.WriteNumber("read_before"u8, (long)all.Sum("aotkv.evictions", "reason", "read_before"));
        json.WriteNumber("never_read"u8, (long)all.Sum("aotkv.evictions", "reason", "never_read"));
        json.WriteNumber("expired"u8, (long)all.Sum("aotkv.expirations"));
        json.WriteEndObject();
        json.WriteStartObject("memory"u8);
        json.WriteNumber("limit"u8, (long)all.Sum("aotkv.memory.limit"));
        foreach (MetricPoint point in all.Points("aotkv.memory"))
        {
            json.WriteNumber(point.Label("kind"), (long)point.Value);
        }

        json.WriteNumber("buffers"u8, (long)all.Sum("aotkv.buffers"));
        json.WriteNumber("managed"u8, (long)all.Sum("process.managed.heap"));
        json.WriteNumber("resident"u8, (long)all.Sum("process.resident.memory"));
        json.WriteEndObject();
    }

    private static void Disk(Utf8JsonWriter json, HttpState state, MetricSnapshot all)
    {
        json.WriteStartObject("disk"u8);
        json.WriteBoolean("durable"u8, state.TryStore?.IsDurable ?? state.Options.DataDirectory != null);
        json.WriteNumber("log"u8, (long)all.Sum("aotkv.log.size"));
        json.WriteNumber("syncs"u8, (long)all.Sum("aotkv.log.syncs"));
        json.WriteNumber("free"u8, (long)all.Sum("aotkv.disk.free"));
        json.WriteNumber("size"u8, (long)all.Sum("aotkv.disk.size"));
        json.WriteEndObject();
    }

    private static void Connections(Utf8JsonWriter json, MetricSnapshot all)
    {
        json.WriteStartObject("connections"u8);
        json.WriteNumber("memcached"u8, (long)all.Sum("aotkv.connections"));
        json.WriteNumber("limit"u8, (long)all.Sum("aotkv.connections.limit"));
        json.WriteNumber("accepted"u8, (long)all.Sum("aotkv.connections.accepted"));
        json.WriteNumber("refused"u8, (long)all.Sum("aotkv.connections.refused", "reason", "limit"));
        json.WriteNumber("http"u8, (long)all.Sum("aotkv.http.connections"));
        json.WriteEndObject();
        json.WriteStartArray("loops_busy_s"u8);
        foreach (MetricPoint point in all.Points("aotkv.loop.busy"))
        {
            json.WriteNumberValue(point.Value);
        }

        json.WriteEndArray();
        json.WriteStartObject("network"u8);
        json.WriteNumber("received"u8, (long)all.Sum("aotkv.network.io", "direction", "received"));
        json.WriteNumber("sent"u8, (long)all.Sum("aotkv.network.io", "direction", "sent"));
        json.WriteEndObject();
        json.WriteNumber("cpu_s"u8, Math.Round(all.Sum("process.cpu"), 3));
    }

    private static void Namespaces(Utf8JsonWriter json, MetricSnapshot all)
    {
        Dictionary<string, long> items = all.Points("aotkv.namespace.items").ToDictionary(point => point.Label("namespace"), point => (long)point.Value);
        json.WriteStartArray("namespaces"u8);
        foreach (MetricPoint point in all.Points("aotkv.namespace.size").OrderByDescending(point => point.Value).Take(TopNamespaces))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, point.Label("namespace"));
            json.WriteNumber("items"u8, items.GetValueOrDefault(point.Label("namespace")));
            json.WriteNumber("bytes"u8, (long)point.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Slowest(Utf8JsonWriter json, HttpState state)
    {
        json.WriteStartArray("slowest"u8);
        foreach (SlowRequest slow in state.Telemetry.Slowest(SlowestOfEachDoor))
        {
            json.WriteStartObject();
            json.WriteNumber("at_ms"u8, slow.AtMilliseconds);
            json.WriteNumber("took_s"u8, slow.Nanoseconds / 1e9);
            json.WriteString("door"u8, slow.Door);
            json.WriteString("what"u8, slow.What);
            json.WriteNumber("bytes"u8, slow.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
