using AotKv.Engine;
using AotKv.Server.Buffers;
using AotKv.Server.Stats;
using AotKv.Server.Transport.Tls;

namespace AotKv.Server;

/// <summary>What all sessions and loops of a server share.</summary>
internal sealed class ServerState : IDisposable
{
    private int _verbosity;

    public ServerState(ServerOptions options, StoreOptions storeOptions, Store store, ServerLog log)
    {
        Options = options;
        StoreOptions = storeOptions;
        Store = store;
        Log = log;
        Buffers = new(options.BufferLimitBytes);
        Connections = new(options.MaxConnections);
        StartedMilliseconds = store.Clock.Milliseconds;
        _verbosity = options.Verbosity;
        DurabilityGate = new(store);
    }

    public ServerOptions Options { get; }

    public StoreOptions StoreOptions { get; }

    public Store Store { get; }

    public ServerLog Log { get; }

    public BufferBudget Buffers { get; }

    public ConnectionLimit Connections { get; }

    public CounterRegistry Counters { get; } = new();

    /// <summary>What happened to connections with TLS.</summary>
    public TlsCounters Tls { get; } = new();

    /// <summary>Milliseconds since 1970.</summary>
    public long StartedMilliseconds { get; }

    /// <summary>0 to 3; the <c>verbosity</c> command changes it while the server runs.</summary>
    public int Verbosity
    {
        get => Volatile.Read(ref _verbosity);
        set => Volatile.Write(ref _verbosity, value);
    }

    /// <summary>Replies to writes wait until the log is synced (<c>--fsync always</c>).</summary>
    public bool HoldsReplies => StoreOptions is { DataDirectory: not null, SyncMode: SyncMode.Always };

    /// <summary>Where connections without a loop wait for the log.</summary>
    public DurabilityGate DurabilityGate { get; }

    /// <summary>Name of the transport and the number of its loops, for the statistics.</summary>
    public (string Name, int Loops) Transport { get; set; } = ("none", 0);

    /// <summary>TCP port listened on first; 0 without one.</summary>
    public int TcpPort { get; set; }

    /// <summary>Called when a client's <c>shutdown</c> was allowed; the argument says whether it asked for a graceful one.</summary>
    public Action<bool>? ShutdownRequested { get; set; }

    public void Dispose() => Counters.Dispose();
}
