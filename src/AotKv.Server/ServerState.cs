using AotKv.Engine;
using AotKv.Server.Buffers;
using AotKv.Server.Observe;
using AotKv.Server.Stats;
using AotKv.Server.Transport;
using AotKv.Server.Transport.Tls;
using AotKv.Server.Watch;

namespace AotKv.Server;

/// <summary>What all sessions and loops of a server share.</summary>
internal sealed class ServerState : IDisposable
{
    private readonly Lock _observedLock = new();
    private int _verbosity;
    private int _observed; // changed under its lock

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
        Classes = new(options.Tuning, hasCas: !options.CasDisabled);
        Prefixes = new(options.PrefixDelimiter);
        Watch = new(this);
        Tuning = options.Tuning;
        TracksSizes = options.TracksSizes;
        SetObserved(options.DetailEnabled ? WatchStreams.Prefixes : WatchStreams.None, keeps: WatchStreams.None);
        store.Observer = new StoreWatch(this);
        DurabilityGate = new(store);
        Turns = options.Measures ? new() : null;
    }

    public ServerOptions Options { get; }

    public StoreOptions StoreOptions { get; }

    public Store Store { get; }

    public ServerLog Log { get; }

    public BufferBudget Buffers { get; }

    public ConnectionLimit Connections { get; }

    public CounterRegistry Counters { get; } = new();

    /// <summary>How long turns of loops take; null when nobody wants to know.</summary>
    public TurnMeters? Turns { get; }

    /// <summary>What happened to connections with TLS.</summary>
    public TlsCounters Tls { get; } = new();

    /// <summary>memcached's slab classes, by which statistics sort items.</summary>
    public SlabClasses Classes { get; }

    /// <summary>What the store removed, by slab class.</summary>
    public ClassCounters ClassCounters { get; } = new();

    /// <summary>The last count of all items.</summary>
    public CensusCache Census { get; } = new();

    /// <summary>What <c>stats detail</c> counts.</summary>
    public PrefixStats Prefixes { get; }

    /// <summary>The connections that watch.</summary>
    public WatchHub Watch { get; }

    /// <summary>memcached's settings that have no effect here; commands change them.</summary>
    public MemcachedTuning Tuning { get; set; }

    /// <summary>Whether <c>stats sizes</c> answers.</summary>
    public bool TracksSizes { get; set; }

    /// <summary>What <c>lru mode</c> was set to; no effect here.</summary>
    public bool IsLruSegmented { get; set; } = true;

    /// <summary>Settings of memcached's external storage, which is not there: kept for who sets and reads them.</summary>
    public ExternalStorageSettings ExternalStorage { get; } = new();

    /// <summary>How often a client asked for a crawl.</summary>
    public long CrawlerStarts;

    /// <summary>What somebody wants to be told of. Commands look at it once each; it is 0 nearly always.</summary>
    public WatchStreams Observed => (WatchStreams)Volatile.Read(ref _observed);

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

    /// <summary>What is spoken on a connection, by its descriptor; null when all listeners speak the same.</summary>
    public Func<int, WireProtocols>? ProtocolsOf { get; set; }

    /// <summary>Called when a client's <c>shutdown</c> was allowed; the argument says whether it asked for a graceful one.</summary>
    public Action<bool>? ShutdownRequested { get; set; }

    /// <summary>Listeners and connections; set by whoever makes the transport.</summary>
    public Func<IEnumerable<ConnectionInfo>> ListConnections { get; set; } = () => [];

    /// <summary>Changes what is observed.</summary>
    /// <param name="streams">What from now on.</param>
    /// <param name="keeps">Of which the present state stays.</param>
    public void SetObserved(WatchStreams streams, WatchStreams keeps)
    {
        lock (_observedLock)
        {
            Volatile.Write(ref _observed, (int)(streams | (Observed & keeps)));
        }
    }

    /// <summary>Sets everything that counts to zero: <c>stats reset</c>.</summary>
    public void ResetStatistics()
    {
        Counters.Reset();
        Store.ResetStatistics();
        ClassCounters.Reset();
        Prefixes.Reset();
        Tls.Reset();
    }

    public void Dispose()
    {
        Store.Observer = null;
        Counters.Dispose();
    }
}
