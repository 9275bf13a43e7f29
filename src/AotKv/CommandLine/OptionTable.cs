namespace AotKv.CommandLine;

/// <summary>Every option of memcached 1.6.45, and AotKv's own. Those that are not served say what there is instead.</summary>
internal static class OptionTable
{
    private const string NotServed = "is an option of memcached that AotKv does not serve";

    public static IReadOnlyList<OptionSpec> All { get; } =
    [
        new('p', "port", ArgumentKind.Required),
        new('l', "listen", ArgumentKind.Required),
        new('m', "memory-limit", ArgumentKind.Required),
        new('c', "conn-limit", ArgumentKind.Required),
        new('t', "threads", ArgumentKind.Required),
        new('I', "max-item-size", ArgumentKind.Required),
        new('M', "disable-evictions", ArgumentKind.None),
        new('v', "verbose", ArgumentKind.Optional),
        new('R', "max-reqs-per-event", ArgumentKind.Required),
        new('b', "listen-backlog", ArgumentKind.Required),
        new('U', "udp-port", ArgumentKind.Required),
        new('F', "disable-flush-all", ArgumentKind.None),
        new('A', "enable-shutdown", ArgumentKind.None),
        new('P', "pidfile", ArgumentKind.Required),
        new('d', "daemon", ArgumentKind.None),
        new('u', "user", ArgumentKind.Required),
        new('s', "unix-socket", ArgumentKind.Required),
        new('a', "unix-mask", ArgumentKind.Required),
        new(OptionSpec.ConfigurationFile, "memcached-conf", ArgumentKind.Required),
        new(OptionSpec.DebugCommands, "debug-commands", ArgumentKind.None),
        new(OptionSpec.DataDirectory, "data-dir", ArgumentKind.Required),
        new(OptionSpec.Sync, "fsync", ArgumentKind.Required),
        new(OptionSpec.Repair, "repair", ArgumentKind.None),
        new('h', "help", ArgumentKind.None),
        new('i', "license", ArgumentKind.None),
        new('V', "version", ArgumentKind.None),
        new('Z', "enable-ssl", ArgumentKind.None, "This server is not built with TLS support."),
        new('S', "enable-sasl", ArgumentKind.None, "This server is not built with SASL support."),
        new('Y', "auth-file", ArgumentKind.Required, "authentication is not supported by this server: bind to loopback or a private network (-l)"),
        new('B', "protocol", ArgumentKind.Required, $"{NotServed}: it speaks the text protocol only"),
        new('k', "lock-memory", ArgumentKind.None),
        new('r', "enable-coredumps", ArgumentKind.None),
        new('f', "slab-growth-factor", ArgumentKind.Required),
        new('n', "slab-min-size", ArgumentKind.Required),
        new('L', "enable-largepages", ArgumentKind.None),
        new('D', "stat-key-prefix", ArgumentKind.Required),
        new('C', "disable-cas", ArgumentKind.None),
        new('X', "disable-dumping", ArgumentKind.None),
        new('W', "disable-watch", ArgumentKind.None),
        new('e', "memory-file", ArgumentKind.Required),
        new('o', "extended", ArgumentKind.Required),
        new('N', "napi-ids", ArgumentKind.Required),
    ];
}
