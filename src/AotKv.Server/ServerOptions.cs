using AotKv.Server.Auth;
using AotKv.Server.Transport.Tls;

namespace AotKv.Server;

/// <summary>How a <see cref="KvServer"/> listens and what it allows. <see cref="Check"/> names every value that is out of range.</summary>
public sealed record ServerOptions
{
    /// <summary>memcached's port.</summary>
    public const int DefaultPort = 11211;

    /// <summary>The default of <see cref="RequestsPerEvent"/>.</summary>
    public const int DefaultRequestsPerEvent = 20;

    /// <summary>The largest <see cref="MaxConnections"/>: what fits the table of descriptors.</summary>
    public const int MaxConnectionsCeiling = 1 << 20;

    /// <summary>The largest <see cref="Threads"/>.</summary>
    public const int MaxThreads = 1024;

    /// <summary>TCP port, 1 to 65535, for every address of <see cref="Listen"/> that names none; 0 picks a free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Where to listen; empty means the loopback addresses (127.0.0.1, and ::1 where there is IPv6).</summary>
    public IReadOnlyList<ListenAddress> Listen { get; init; } = [];

    /// <summary>Listen on this unix socket instead of TCP; null for TCP.</summary>
    public string? UnixSocketPath { get; init; }

    /// <summary>Permissions of the unix socket, 0 to octal 777; default octal 700.</summary>
    public int UnixSocketMode { get; init; } = Convert.ToInt32("700", 8);

    /// <summary>Client connections that may be open at once, 1 to <see cref="MaxConnectionsCeiling"/>; default 1024.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Event loops, 1 to <see cref="MaxThreads"/>; default the number of cores.</summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, MaxThreads);

    /// <summary>Connections the system queues until they are accepted, at least 1; default 1024.</summary>
    public int Backlog { get; init; } = 1024;

    /// <summary>
    /// Requests of one connection that are executed before others have their turn, at least 1. From the default on, a connection goes on as
    /// long as nobody else waits; below it, every turn is that short.
    /// </summary>
    public int RequestsPerEvent { get; init; } = DefaultRequestsPerEvent;

    /// <summary><c>flush_all</c> is refused.</summary>
    public bool FlushDisabled { get; init; }

    /// <summary>The <c>shutdown</c> command is allowed.</summary>
    public bool ShutdownEnabled { get; init; }

    /// <summary>Which protocols are spoken; default all.</summary>
    public WireProtocols Protocols { get; init; }

    /// <summary>Who may log in on text connections, with a <c>set</c> as memcached's -Y has it; null, the default, when nobody has to.</summary>
    public ICredentialStore? TextLogins { get; init; }

    /// <summary>Who may log in on binary connections, by SASL; null, the default, when nobody has to.</summary>
    public ICredentialStore? SaslLogins { get; init; }

    /// <summary>memcached's settings of TLS.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>
    /// The certificates of TCP listeners, all of which then speak TLS unless their address says otherwise; null, the default, for none.
    /// </summary>
    public TlsCertificates? Certificates { get; init; }

    /// <summary>UDP port, 1 to 65535, on every address that is listened on; 0, the default, for none; -1 picks a free one.</summary>
    public int UdpPort { get; init; }

    /// <summary>No TCP: only UDP is served.</summary>
    public bool TcpDisabled { get; init; }

    /// <summary>
    /// One connection too many is answered with an error and closed, as memcached does by default; otherwise it waits, with those behind
    /// it, until another one is closed.
    /// </summary>
    public bool RejectsExcessConnections { get; init; } = true;

    /// <summary>TCP connections without a request for longer than this are closed, seconds; 0, the default, for never.</summary>
    public int IdleTimeoutSeconds { get; init; }

    /// <summary>Items get no CAS id that a client could use: <c>gets</c> says 0, and <c>cas</c> never matches.</summary>
    public bool CasDisabled { get; init; }

    /// <summary>Commands that list keys are refused.</summary>
    public bool DumpDisabled { get; init; }

    /// <summary>The <c>watch</c> command is refused.</summary>
    public bool WatchDisabled { get; init; }

    /// <summary>What ends a key's prefix in <c>stats detail</c>; default a colon.</summary>
    public char PrefixDelimiter { get; init; } = ':';

    /// <summary>Statistics of prefixes are collected from the start.</summary>
    public bool DetailEnabled { get; init; }

    /// <summary>Sizes of items are counted for <c>stats sizes</c>.</summary>
    public bool TracksSizes { get; init; }

    /// <summary>Bytes that a watcher's unread lines may take, at least 1; default 256 KiB.</summary>
    public long WatcherBufferBytes { get; init; } = 256 << 10;

    /// <summary>Bytes of lines for watchers that a loop may collect, at least 1; default 64 KiB.</summary>
    public long LogBufferBytes { get; init; } = 64 << 10;

    /// <summary>The commands that memcached has in its debug build, such as <c>debugtime</c>, are served: for tests.</summary>
    public bool DebugCommands { get; init; }

    /// <summary>
    /// How long the loops take and how busy they are is measured, for the HTTP door and for export; off, the default, it costs nothing.
    /// </summary>
    public bool Measures { get; init; }

    /// <summary>What <c>-e</c> was given, for <c>stats settings</c>; the store's directory is made from it.</summary>
    public string? MemoryFile { get; init; }

    /// <summary>Settings of memcached that change nothing here.</summary>
    public MemcachedTuning Tuning { get; init; } = new();

    /// <summary>0 silent; 1 errors; 2 also requests and replies; 3 also state changes. At least 0; default 0.</summary>
    public int Verbosity { get; init; }

    /// <summary>
    /// Bytes that the buffers of all connections may take together (unfinished requests, large uploads, unread replies). At least
    /// 1 MiB; default 64 MiB, or more for a large store (see <see cref="BufferLimitFor"/>).
    /// </summary>
    public long BufferLimitBytes { get; init; } = 64L << 20;

    /// <summary>Which transport to use; tests set it.</summary>
    public TransportKind Transport { get; init; }

    /// <summary>How long a handshake of TLS may take, milliseconds; tests shorten it.</summary>
    internal int HandshakeDeadlineMs { get; init; } = ServerLimits.HandshakeDeadlineMs;

    /// <summary>How long a stopping server waits for clients to take what they are owed, milliseconds; tests shorten it.</summary>
    internal int StopDeadlineMs { get; init; } = ServerLimits.StopDeadlineMs;

    /// <summary>A buffer bound that suits a store: 64 MiB, a quarter of its memory, or four of its largest items, whichever is most.</summary>
    /// <param name="memoryLimitBytes">The store's memory limit.</param>
    /// <param name="maxItemBytes">The store's largest item.</param>
    public static long BufferLimitFor(long memoryLimitBytes, long maxItemBytes) =>
        Math.Max(64L << 20, Math.Max(memoryLimitBytes / 4, maxItemBytes * 4));

    /// <summary>Every mistake in the options, in words that say what to do; empty when there is none.</summary>
    public IReadOnlyList<string> Check()
    {
        List<string> mistakes = [];
        Expect(Port is >= 0 and <= 65535, $"the port must be 0 to 65535, not {Port}");
        Expect(UdpPort is >= -1 and <= 65535, $"the UDP port must be -1 to 65535, not {UdpPort}");
        Expect(!TcpDisabled || UdpPort != 0, "without TCP there must be a UDP port");
        Expect(Certificates == null || !TcpDisabled, "ERROR: You cannot enable SSL without a TCP port.");
        Expect(Tls.WriteBufferBytes is >= 1024 and <= 1 << 30, "the buffer of TLS must be 1 kilobyte to 1 gigabyte");
        Expect(
            Certificates != null || !Listen.Any(address => address.Security != ListenSecurity.Default),
            "notls:, btls: and mtls: in front of an address need TLS");
        Expect(IdleTimeoutSeconds >= 0, "the idle timeout must not be negative");
        Expect(WatcherBufferBytes > 0 && LogBufferBytes > 0, "the buffers of watchers and loops must be larger than 0");
        Expect(UnixSocketMode is >= 0 and <= 511, $"the unix socket's permissions must be octal 0 to 777, not {Convert.ToString(UnixSocketMode, 8)}");
        Expect(UnixSocketPath is null or { Length: > 0 }, "the unix socket's path must not be empty");
        Expect(MaxConnections is > 0 and <= MaxConnectionsCeiling, $"maximum connections must be 1 to {MaxConnectionsCeiling}, not {MaxConnections}");
        Expect(Threads is > 0 and <= MaxThreads, $"the number of threads must be 1 to {MaxThreads}, not {Threads}");
        Expect(Backlog > 0, $"the listen backlog must be greater than 0, not {Backlog}");
        Expect(RequestsPerEvent > 0, $"the number of requests per event must be greater than 0, not {RequestsPerEvent}");
        Expect(
            TextLogins == null || SaslLogins != null || Protocols == WireProtocols.Text,
            "with logins on text connections the binary protocol must be off, or have logins too");
        Expect(
            SaslLogins == null || TextLogins != null || Protocols == WireProtocols.Binary,
            "with logins on binary connections the text protocol must be off, or have logins too");
        Expect(Verbosity >= 0, "the verbosity must not be negative");
        Expect(BufferLimitBytes >= 1 << 20, "the buffer limit must be at least 1 MiB");
        return mistakes;

        void Expect(bool holds, string mistake)
        {
            if (!holds)
            {
                mistakes.Add(mistake);
            }
        }
    }
}

/// <summary>Which transport serves the connections.</summary>
public enum TransportKind
{
    /// <summary>The native loops where there are any (Linux), otherwise the pipelines.</summary>
    Platform,

    /// <summary>Native epoll loops.</summary>
    Epoll,

    /// <summary>Pipelines over the framework's sockets.</summary>
    Pipelines,
}
