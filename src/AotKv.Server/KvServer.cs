using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using AotKv.Engine;
using AotKv.Engine.Measure;
using AotKv.Server.Observe;
using AotKv.Server.Transport;
using AotKv.Server.Transport.Native;
using AotKv.Server.Transport.Pipes;
using AotKv.Server.Transport.Tls;
using AotKv.Server.Transport.Udp;

namespace AotKv.Server;

/// <summary>The memcached door: listens, and serves a store to memcached clients.</summary>
public sealed class KvServer : IDisposable
{
    private readonly ServerState _state;
    private readonly Listeners _listeners;
    private readonly ITransport _transport;
    private readonly UdpDoor _udp;
    private readonly ServerMeter? _meter;
    private bool _stopped;

    private KvServer(ServerState state, Listeners listeners, ITransport transport)
    {
        _state = state;
        _listeners = listeners;
        _transport = transport;
        EndPoints = [.. listeners.Streams.Select(listener => listener.Socket.LocalEndPoint!)];
        Protections = [.. listeners.Streams.Select(listener => Protection(state.Options, listener))];
        UdpEndPoints = [.. listeners.Datagrams.Select(socket => socket.LocalEndPoint!)];
        _udp = new(state, listeners.Datagrams);
        _meter = state.Turns == null ? null : new(state, state.Turns);
    }

    /// <summary>Where the server listens, except for UDP.</summary>
    public IReadOnlyList<EndPoint> EndPoints { get; }

    /// <summary>What protects each of <see cref="EndPoints"/>, in their order.</summary>
    public IReadOnlyList<EndPointProtection> Protections { get; }

    /// <summary>Where the server takes datagrams; empty without UDP.</summary>
    public IReadOnlyList<EndPoint> UdpEndPoints { get; }

    /// <summary>The slowest turns of the loops in the last minutes; empty unless they are measured.</summary>
    public IReadOnlyList<SlowRequest> Slowest => _state.Turns?.Slow.List(_state.Store.Clock.Milliseconds) ?? [];

    /// <summary>What carries the bytes: for tests.</summary>
    internal ITransport Transport => _transport;

    /// <summary>
    /// Raises the limit of open descriptors to what the options need. To be called before root's rights are given up; a system that
    /// allows fewer than the connections asked for is an error.
    /// </summary>
    /// <param name="options">How many connections.</param>
    /// <param name="mistake">What to tell the operator when it fails.</param>
    public static bool TryRaiseLimits(ServerOptions options, [NotNullWhen(false)] out string? mistake)
    {
        mistake = LinuxCalls.IsSupported && !LinuxCalls.EnsureDescriptors(options.MaxConnections, ConnectionTable.ReservedDescriptors)
            ? "failed to set rlimit for open files. Try starting as root or requesting smaller maxconns value (-c)."
            : null;
        return mistake == null;
    }

    /// <summary>Opens the listening sockets and starts the loops.</summary>
    /// <param name="options">How to listen and what to allow.</param>
    /// <param name="storeOptions">What the store was made with, for limits and statistics.</param>
    /// <param name="store">The store; it stays the caller's.</param>
    /// <param name="log">Where lines for the operator go.</param>
    /// <param name="shutdown">
    /// What is to happen when a client sends <c>shutdown</c> and is allowed to; the argument says whether it asked for a graceful stop.
    /// Called on a loop, as soon as the first connection is accepted.
    /// </param>
    /// <exception cref="ArgumentException">The options have mistakes; the message names them all.</exception>
    /// <exception cref="ListenException">An address is in use or does not exist, or the system's limits are too low.</exception>
    public static KvServer Start(ServerOptions options, StoreOptions storeOptions, Store store, ServerLog log,
        Action<bool>? shutdown = null)
    {
        ServerLimits.AssertRelations();
        IReadOnlyList<string> mistakes = options.Check();
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes), nameof(options));
        }

        Listeners listeners = Listeners.Open(options);
        ServerState? state = null;
        ITransport? transport = null;
        try
        {
            state = new(options, storeOptions, store, log) { ShutdownRequested = shutdown };
            transport = Create(state, listeners);
            state.Transport = (transport.Name, transport.Loops);
            ITransport made = transport;
            ConnectionInfo[] datagrams = [.. listeners.Datagrams.Select(Describe)];
            state.ListConnections = () => made.Connections.Concat(datagrams);
            state.TcpPort = listeners.Streams is [{ Socket.LocalEndPoint: IPEndPoint first }, ..] ? first.Port : 0;
            state.ProtocolsOf = ListenerProtocols.For(options, listeners.Streams);
            Announce(state, listeners);
            transport.Start(listeners.Streams);
            return new(state, listeners, transport);
        }
        catch
        {
            transport?.Dispose();
            state?.Dispose();
            listeners.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stops: no new connections, requests already received are answered, replies are sent to clients that read them within a few
    /// seconds, then everything is closed.
    /// </summary>
    public void Stop()
    {
        if (!_stopped)
        {
            _stopped = true;
            _udp.Stop();
            _transport.Stop(_listeners.Dispose);
        }
    }

    /// <summary>Stops when that has not been done, and gives everything back.</summary>
    public void Dispose()
    {
        Stop();
        _meter?.Dispose();
        _udp.Dispose();
        _transport.Dispose();
        _listeners.Dispose();
        _state.Dispose();
    }

    private static ConnectionInfo Describe(Socket datagrams) =>
        new((int)datagrams.Handle, SocketName.Of(datagrams.LocalEndPoint) with { IsDatagram = true }, null, "conn_read", 0);

    private static EndPointProtection Protection(ServerOptions options, Listener listener)
    {
        bool isEncrypted = options.Certificates != null && listener.IsSecured;
        bool asks = listener.Security == ListenSecurity.ClientCertificate
            || (listener.Security == ListenSecurity.Default && options.Tls.VerifyMode >= TlsVerifyMode.Require);
        return new(isEncrypted, (isEncrypted && asks) || (options.TextLogins ?? options.SaslLogins) != null);
    }

    private static void Announce(ServerState state, Listeners listeners)
    {
        if (state.Verbosity > 1)
        {
            foreach (Listener listener in listeners.Streams)
            {
                state.Log.Traffic('<', (int)listener.Socket.Handle, default, "server listening (auto-negotiate)"u8);
            }

            foreach (Socket socket in listeners.Datagrams)
            {
                state.Log.Traffic('<', (int)socket.Handle, default, "server listening (udp)"u8);
            }
        }
    }

    private static ITransport Create(ServerState state, Listeners listeners)
    {
        bool hasSecured = state.Options.Certificates != null && listeners.Streams.Any(listener => listener.IsSecured);
        bool hasPlain = !hasSecured || listeners.Streams.Any(listener => !listener.IsSecured);
        TlsPipes? tls = hasSecured ? new(state, state.Options.Certificates!) : null;
        bool native = state.Options.Transport switch
        {
            TransportKind.Epoll => true,
            TransportKind.Pipelines => false,
            _ => LinuxCalls.IsSupported,
        };
        if (!native)
        {
            return new PipesTransport(state, ChosenSocketPipes.Create(), tls);
        }

        return (hasPlain, hasSecured) switch
        {
            (true, true) => new SplitTransport(new EpollTransport(state), new PipesTransport(state, ChosenSocketPipes.Create(), tls)),
            (false, _) => new PipesTransport(state, ChosenSocketPipes.Create(), tls),
            _ => new EpollTransport(state),
        };
    }
}

/// <summary>What stands between a client and the items.</summary>
/// <param name="IsEncrypted">TLS.</param>
/// <param name="IsAuthenticated">A login, or a certificate of the client.</param>
public readonly record struct EndPointProtection(bool IsEncrypted, bool IsAuthenticated);
