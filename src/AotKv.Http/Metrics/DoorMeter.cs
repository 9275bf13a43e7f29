using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using AotKv.Engine.Measure;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Metrics;

/// <summary>The HTTP door's own instruments, and those of the process. Labels are templates of routes, never paths.</summary>
internal sealed class DoorMeter : IDisposable
{
    public const string Name = "AotKv.Http";

    private static readonly DateTimeOffset ProcessStarted = Started();

    private readonly Meter _meter;
    private readonly ConcurrentDictionary<(string Method, string Route, int Status), StrongCount> _requests = new();
    private readonly ConcurrentDictionary<string, TimeHistogram> _times = new(StringComparer.Ordinal);
    private readonly HttpState _state;

    public DoorMeter(HttpState state, Func<int> connections, Func<int> running)
    {
        _state = state;
        _meter = new(new MeterOptions(Name) { Scope = state });
        _meter.CreateObservableCounter("aotkv.http.requests", Requests, "{request}", "HTTP requests, by method, route and status.");
        TimeInstruments.Add(_meter, "aotkv.http.request.duration", "HTTP requests, from the end of their headers to the end of the reply.",
            () => _times.Select(entry => (new KeyValuePair<string, object?>[] { new("route", entry.Key) }, entry.Value)));
        Gauge("aotkv.http.connections", "{connection}", "Open HTTP connections.", () => connections());
        Gauge("aotkv.http.requests.running", "{request}", "HTTP requests at work.", () => running());
        Gauge("aotkv.ready", "{state}", "1 when the store is open and takes writes, 0 otherwise.", () => Readiness.Of(state).IsReady ? 1 : 0);
        AddRecovery();
        AddProcess();
    }

    /// <summary>The slowest HTTP requests of late; streams and long polls, which wait, are not among them.</summary>
    public SlowList Slow { get; } = new();

    /// <summary>A request has ended.</summary>
    public void Observe(HttpContext context, HttpCall? call, TimeSpan elapsed)
    {
        Route? route = call?.Route;
        string template = route?.Template ?? "none";
        int status = context.Response.StatusCode;
        RouteFigures? figures = route?.Figures;
        if (figures?.Status != status)
        {
            StrongCount count = _requests.GetOrAdd((route?.Method ?? "other", template, status), static _ => new StrongCount());
            figures = new(status, count, _times.GetOrAdd(template, static _ => new TimeHistogram()));
            route?.Figures = figures;
        }

        long took = (long)elapsed.TotalNanoseconds;
        figures.Count.Add();
        figures.Times.AddShared(took);
        if (took > Slow.FloorNanoseconds && route != null && !route.Traits.HasFlag(RouteTraits.Uncounted))
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"{route.Method} {template} {status}");
            Slow.Add(new(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), took, "http", what, context.Response.ContentLength ?? 0));
        }
    }

    public void Dispose() => _meter.Dispose();

    private static DateTimeOffset Started()
    {
        using Process process = Process.GetCurrentProcess();
        return process.StartTime;
    }

    private IEnumerable<Measurement<long>> Requests()
    {
        foreach (((string method, string route, int status), StrongCount count) in _requests)
        {
            yield return new(count.Value, new("method", method), new("route", route), new KeyValuePair<string, object?>("status", status));
        }
    }

    private void AddRecovery()
    {
        _meter.CreateObservableUpDownCounter("aotkv.recovery.segments", () => _state.TryStore == null && _state.Recovery is { } recovery
            ? [new(recovery.SegmentsDone, new KeyValuePair<string, object?>("state", "done")), new(recovery.SegmentsTotal, new KeyValuePair<string, object?>("state", "all"))]
            : Array.Empty<Measurement<long>>(), "{segment}", "While the log is recovered: segments of the present stage.");
    }

    private void AddProcess()
    {
        _meter.CreateObservableCounter("process.cpu", () => new Measurement<double>[]
        {
            new(CpuUsage().UserTime.TotalSeconds, new KeyValuePair<string, object?>("mode", "user")),
            new(CpuUsage().PrivilegedTime.TotalSeconds, new KeyValuePair<string, object?>("mode", "system")),
        }, "s", "Processor time of the process.");
        Gauge("process.resident.memory", "By", "Memory of the process that is in RAM, data in mapped files included.", () => Environment.WorkingSet);
        Gauge("process.managed.heap", "By", "Memory of managed objects.", () => GC.GetTotalMemory(forceFullCollection: false));
        _meter.CreateObservableUpDownCounter("process.start.time", () => (ProcessStarted - DateTimeOffset.UnixEpoch).TotalSeconds, "s", "When the process started, since 1970.");
        _meter.CreateObservableCounter("process.collections", () => (long)GC.CollectionCount(0), "{collection}", "Collections of the managed heap.");
    }

    private static Environment.ProcessCpuUsage CpuUsage() => OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() ? default : Environment.CpuUsage;

    private void Gauge(string name, string unit, string help, Func<long> read) => _meter.CreateObservableUpDownCounter(name, read, unit, help);
}

/// <summary>Where requests of one route with one status are counted.</summary>
internal sealed record RouteFigures(int Status, StrongCount Count, TimeHistogram Times);

/// <summary>A number that many threads count up.</summary>
internal sealed class StrongCount
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
