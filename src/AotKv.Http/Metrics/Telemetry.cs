using AotKv.Engine;
using AotKv.Engine.Measure;

namespace AotKv.Http.Metrics;

/// <summary>What there is to know about a running door: its instruments, the slowest requests, and the export when it is asked for.</summary>
internal sealed class Telemetry : IDisposable
{
    private readonly HttpState _state;
    private readonly DoorMeter _door;
    private readonly OtlpExporter? _exporter;
    private StoreMeter? _store;
    private Func<IReadOnlyList<SlowRequest>> _otherSlow = () => [];

    public Telemetry(HttpState state, Func<int> connections, Func<int> running)
    {
        _state = state;
        _door = new(state, connections, running);
        Collector.Listen(state);
        state.Observed += _door.Observe;
        if (state.Options.Otlp is { } address)
        {
            _exporter = new(Collector, address, state.Options.OtlpInterval, state.Log);
        }
    }

    public MetricCollector Collector { get; } = new();

    /// <summary>The slowest requests of late, slowest first: as many of this door as of the others, so that none crowds out the other.</summary>
    /// <param name="each">How many of each.</param>
    public IEnumerable<SlowRequest> Slowest(int each) => _door.Slow.List(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).Take(each)
        .Concat(Volatile.Read(ref _otherSlow)().Take(each)).OrderByDescending(request => request.Nanoseconds);

    /// <summary>The store is open: its instruments, and those that others made for it, are collected too.</summary>
    public void Attach(Store store, Func<IReadOnlyList<SlowRequest>> otherSlow)
    {
        Volatile.Write(ref _otherSlow, otherSlow);
        _store = new(store, _state.Options.DataDirectory);
        Collector.Listen(store);
    }

    /// <summary>Ends the export; while the store is open.</summary>
    public void Stop() => _exporter?.Stop();

    public void Dispose()
    {
        _exporter?.Dispose();
        Collector.Dispose();
        _store?.Dispose();
        _door.Dispose();
    }
}
