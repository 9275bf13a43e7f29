using System.Net;
using AotKv.Engine;
using AotKv.Engine.Measure;
using AotKv.Http.Endpoints;
using AotKv.Http.Routing;

namespace AotKv.Http;

/// <summary>
/// The HTTP door: listens from before the store is opened, so that somebody can ask how recovery goes, until after its last request.
/// It works on the thread pool and on threads of Kestrel's transport; the memcached loops have theirs.
/// </summary>
public sealed class HttpDoor : IDisposable
{
    private readonly HttpState _state;
    private readonly KestrelHost _host;
    private readonly HttpPipeline _pipeline;
    private readonly AccessLog? _accessLog;
    private bool _stopped;

    private HttpDoor(HttpState state, KestrelHost host, HttpPipeline pipeline, AccessLog? accessLog)
    {
        _accessLog = accessLog;
        _state = state;
        _host = host;
        _pipeline = pipeline;
        Recovery = new RecoveryWatch(state);
    }

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => _host.EndPoints;

    /// <summary>To be told how recovery goes on.</summary>
    public IProgress<RecoveryProgress> Recovery { get; }

    /// <summary>The state that the routes share: for tests.</summary>
    internal HttpState State => _state;

    /// <summary>Opens the door. Until <see cref="Attach"/> it says that the server is recovering.</summary>
    /// <param name="options">How to listen and what to allow.</param>
    /// <param name="log">Takes lines for the operator.</param>
    /// <exception cref="ArgumentException">A limit is out of range, or there is no address.</exception>
    /// <exception cref="HttpListenException">An address is in use or does not exist.</exception>
    /// <exception cref="IOException">The access log cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The access log may not be opened.</exception>
    public static HttpDoor Start(HttpOptions options, Action<string> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(log);
        IReadOnlyList<string> mistakes = options.Check();
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes), nameof(options));
        }

        HttpState state = new(options, log);
        AccessLog? accessLog = AccessLog.Open(options.AccessLog);
        state.Observed += accessLog == null ? null : accessLog.Add;
        KestrelHost host = new(options);
        HttpPipeline pipeline = new(state, CreateRoutes());
        state.Telemetry = new(state, () => host.Connections, () => pipeline.Running);
        try
        {
            host.StartAsync(pipeline).GetAwaiter().GetResult();
            return new(state, host, pipeline, accessLog);
        }
        catch (Exception exception)
        {
            host.Dispose();
            state.Telemetry.Stop();
            state.Telemetry.Dispose();
            state.Dispose();
            accessLog?.Dispose();
            throw exception is IOException or System.Net.Sockets.SocketException
                ? new HttpListenException($"--http {string.Join(",", options.Listen)}: {exception.Message}", exception)
                : exception;
        }
    }

    /// <summary>The store is open: from now on it is served. It must stay open until <see cref="Stop"/> has returned.</summary>
    /// <param name="store">The store; it stays the caller's.</param>
    /// <param name="slowest">The slowest requests of the store's other doors; null when there are none.</param>
    public void Attach(Store store, Func<IReadOnlyList<SlowRequest>>? slowest = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _state.Telemetry.Attach(store, slowest ?? (() => []));
        _state.Attach(store);
    }

    /// <summary>
    /// Stops: no new connections, streams are ended, requests at work have some seconds to end, then their connections are closed. Returns
    /// when no request uses the store any more.
    /// </summary>
    public void Stop()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _state.Stop();
        using CancellationTokenSource deadline = new(_state.Options.Limits.StopMilliseconds);
        _host.StopAsync(deadline.Token).GetAwaiter().GetResult();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        while (_pipeline.Running > 0)
        {
            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        }

        _state.Telemetry.Stop();
        _state.Detach();
    }

    /// <summary>Stops when that has not been done, and gives everything back.</summary>
    public void Dispose()
    {
        Stop();
        _host.Dispose();
        _state.Telemetry.Dispose();
        _state.Dispose();
        _accessLog?.Dispose();
    }

    /// <summary>Every route of the door, in the order in which they are looked at.</summary>
    internal static RouteTable CreateRoutes()
    {
        RouteTable routes = new();
        HealthEndpoints.Add(routes);
        MetricsEndpoints.Add(routes);
        DashboardEndpoint.Add(routes);
        Execute.ExecuteEndpoint.Add(routes);
        Keys.KeyEndpoints.Add(routes);
        Keys.ListEndpoints.Add(routes);
        Keys.NamespaceEndpoints.Add(routes);
        Feed.FeedEndpoint.Add(routes);
        OpenApiEndpoint.Add(routes);
        return routes;
    }

    private sealed class RecoveryWatch(HttpState state) : IProgress<RecoveryProgress>
    {
        public void Report(RecoveryProgress value) => state.Recovery = value;
    }
}
