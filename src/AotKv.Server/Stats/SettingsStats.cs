using AotKv.Server.Auth;

namespace AotKv.Server.Stats;

/// <summary><c>stats settings</c>: memcached's names, in its order, for every setting that exists here.</summary>
internal static class SettingsStats
{
    public static void Write(ServerState state, StatsWriter stats)
    {
        ServerOptions options = state.Options;
        stats.Line("maxbytes"u8, state.StoreOptions.MemoryLimitBytes);
        stats.Line("maxconns"u8, options.MaxConnections);
        stats.Line("tcpport"u8, state.TcpPort);
        stats.Line("udpport"u8, 0);
        stats.Line("inter"u8, options.Listen.Count == 0 ? "NULL" : string.Join(',', options.Listen));
        stats.Line("verbosity"u8, state.Verbosity);
        stats.Line("oldest"u8, 0);
        stats.Line("evictions"u8, state.StoreOptions.EvictionDisabled ? "off"u8 : "on"u8);
        stats.Line("domain_socket"u8, options.UnixSocketPath ?? "NULL");
        stats.Line("umask"u8, Convert.ToString(options.UnixSocketMode, 8));
        stats.Line("shutdown_command"u8, options.ShutdownEnabled);
        stats.Line("num_threads"u8, state.Transport.Loops);
        stats.Line("detail_enabled"u8, false);
        stats.Line("reqs_per_event"u8, options.RequestsPerEvent);
        stats.Line("cas_enabled"u8, true);
        stats.Line("tcp_backlog"u8, options.Backlog);
        stats.Line("binding_protocol"u8, options.Protocols switch
        {
            WireProtocols.Text => "ascii"u8,
            WireProtocols.Binary => "binary"u8,
            _ => "auto-negotiate"u8,
        });
        stats.Line("auth_enabled_sasl"u8, options.SaslLogins != null);
        stats.Line("auth_enabled_ascii"u8, (options.TextLogins as PasswordFile)?.Path ?? "no");
        stats.Line("item_size_max"u8, state.StoreOptions.MaxItemBytes);
        stats.Line("maxconns_fast"u8, true);
        stats.Line("flush_enabled"u8, !options.FlushDisabled);
        stats.Line("dump_enabled"u8, false);
        stats.Line("idle_timeout"u8, 0);
        stats.Line("read_buf_mem_limit"u8, options.BufferLimitBytes);
        stats.Line("inline_ascii_response"u8, false);
        stats.Line("client_flags_size"u8, sizeof(uint));
    }
}
