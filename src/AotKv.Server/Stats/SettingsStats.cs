using System.Text;
using AotKv.Server.Auth;

namespace AotKv.Server.Stats;

/// <summary><c>stats settings</c>: every name of memcached 1.6.45, in its order; what has no effect here is shown as it was given.</summary>
internal static class SettingsStats
{
    private const int NumberedDecimals = 2;
    private const int FineDecimals = 3;

    public static void Write(ServerState state, StatsWriter stats)
    {
        WriteServer(state, stats);
        WriteMemory(state, stats);
        WriteQueues(state, stats);
        WriteRest(state, stats);
    }

    private static void WriteServer(ServerState state, StatsWriter stats)
    {
        ServerOptions options = state.Options;
        stats.Line("maxbytes"u8, state.Store.Statistics().MemoryLimitBytes);
        stats.Line("maxconns"u8, options.MaxConnections);
        stats.Line("tcpport"u8, state.TcpPort);
        stats.Line("udpport"u8, Math.Max(options.UdpPort, 0));
        stats.Line("inter"u8, options.Listen.Count == 0 ? "NULL" : string.Join(',', options.Listen));
        stats.Line("verbosity"u8, state.Verbosity);
        stats.Line("oldest"u8, 0);
        stats.Line("evictions"u8, state.StoreOptions.EvictionDisabled ? "off"u8 : "on"u8);
        stats.Line("domain_socket"u8, options.UnixSocketPath ?? "NULL");
        stats.Line("umask"u8, Convert.ToString(options.UnixSocketMode, 8));
        stats.Line("shutdown_command"u8, options.ShutdownEnabled);
        stats.Line("growth_factor"u8, state.Tuning.GrowthFactor, NumberedDecimals);
        stats.Line("chunk_size"u8, state.Tuning.ChunkSizeBytes);
        stats.Line("num_threads"u8, state.Transport.Loops);
        stats.Line("num_threads_per_udp"u8, state.Transport.Loops);
        stats.Line("stat_key_prefix"u8, options.PrefixDelimiter.ToString());
        stats.Line("detail_enabled"u8, (state.Observed & Watch.WatchStreams.Prefixes) != 0);
        stats.Line("reqs_per_event"u8, options.RequestsPerEvent);
        stats.Line("cas_enabled"u8, !options.CasDisabled);
        stats.Line("tcp_backlog"u8, options.Backlog);
        stats.Line("binding_protocol"u8, options.Protocols switch
        {
            WireProtocols.Text => "ascii"u8,
            WireProtocols.Binary => "binary"u8,
            _ => "auto-negotiate"u8,
        });
        stats.Line("auth_enabled_sasl"u8, options.SaslLogins != null);
        stats.Line("auth_enabled_ascii"u8, (options.TextLogins as PasswordFile)?.Path ?? "no");
    }

    private static void WriteMemory(ServerState state, StatsWriter stats)
    {
        MemcachedTuning tuning = state.Tuning;
        stats.Line("item_size_max"u8, state.StoreOptions.MaxItemBytes);
        stats.Line("maxconns_fast"u8, state.Options.RejectsExcessConnections);
        stats.Line("hashpower_init"u8, tuning.HashPower);
        stats.Line("slab_reassign"u8, tuning.SlabReassign);
        stats.Line("slab_automove"u8, tuning.SlabAutomove);
        stats.Line("slab_automove_ratio"u8, tuning.SlabAutomoveRatio, NumberedDecimals);
        stats.Line("slab_automove_window"u8, tuning.SlabAutomoveWindowSeconds);
        stats.Line("slab_chunk_max"u8, tuning.SlabChunkMaxBytes);
    }

    private static void WriteQueues(ServerState state, StatsWriter stats)
    {
        MemcachedTuning tuning = state.Tuning;
        stats.Line("lru_crawler"u8, tuning.LruCrawler);
        stats.Line("lru_crawler_sleep"u8, tuning.LruCrawlerSleepMicroseconds);
        stats.Line("lru_crawler_tocrawl"u8, tuning.LruCrawlerToCrawl);
        stats.Line("tail_repair_time"u8, tuning.TailRepairSeconds);
        stats.Line("flush_enabled"u8, !state.Options.FlushDisabled);
        stats.Line("dump_enabled"u8, !state.Options.DumpDisabled);
        stats.Line("hash_algorithm"u8, tuning.HashAlgorithm);
        stats.Line("lru_maintainer_thread"u8, tuning.LruMaintainer);
        stats.Line("lru_segmented"u8, tuning.LruMaintainer && state.IsLruSegmented);
        stats.Line("hot_lru_pct"u8, tuning.HotLruPercent);
        stats.Line("warm_lru_pct"u8, tuning.WarmLruPercent);
        stats.Line("hot_max_factor"u8, tuning.HotMaxFactor, NumberedDecimals);
        stats.Line("warm_max_factor"u8, tuning.WarmMaxFactor, NumberedDecimals);
        stats.Line("temp_lru"u8, tuning.TemporaryLru);
        stats.Line("temporary_ttl"u8, tuning.TemporaryTtlSeconds);
    }

    private static void WriteRest(ServerState state, StatsWriter stats)
    {
        ServerOptions options = state.Options;
        stats.Line("idle_timeout"u8, options.IdleTimeoutSeconds);
        stats.Line("watcher_logbuf_size"u8, options.WatcherBufferBytes);
        stats.Line("worker_logbuf_size"u8, options.LogBufferBytes);
        stats.Line("read_buf_mem_limit"u8, options.BufferLimitBytes);
        stats.Line("track_sizes"u8, state.TracksSizes);
        stats.Line("inline_ascii_response"u8, state.Tuning.InlineAsciiResponse);
        foreach ((string name, string value) in state.ExternalStorage)
        {
            stats.Line(Encoding.ASCII.GetBytes(name), value);
            if (name == "ext_max_frag")
            {
                stats.Line("slab_automove_freeratio"u8, state.Tuning.SlabAutomoveFreeRatio, FineDecimals);
            }
        }

        TlsStats.WriteSettings(options, stats);
        stats.Line("num_napi_ids"u8, state.Tuning.NapiIds);
        stats.Line("memory_file"u8, options.MemoryFile ?? "(null)");
        stats.Line("client_flags_size"u8, sizeof(uint));
    }
}
