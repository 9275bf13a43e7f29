using System.Numerics;
using AotKv.Engine;

namespace AotKv.Server.Stats;

/// <summary>
/// <c>stats</c>: every name of memcached 1.6.45, in its order, with its value where the thing exists here, and zero where it does not (slab
/// pages, LRU queues, its logger's rings): dashboards find all they ask for.
/// </summary>
internal static class GeneralStats
{
    public static void Write(ServerState state, StatsWriter stats)
    {
        long[] counts = state.Counters.Sum();
        StoreStatistics store = state.Store.Statistics();
        WriteProcess(state, stats);
        WriteConnections(state, stats, counts);
        WriteCommands(stats, counts);
        if (state.Options.IdleTimeoutSeconds > 0)
        {
            stats.Line("idle_kicks"u8, counts[(int)Counter.IdleKicks]);
        }

        WriteTraffic(state, stats, counts, store);
        WriteBackground(state, stats);
        WriteItems(state, stats, store);
    }

    private static void WriteProcess(ServerState state, StatsWriter stats)
    {
        Environment.ProcessCpuUsage usage = OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() ? default : Environment.CpuUsage;
        stats.Line("pid"u8, Environment.ProcessId);
        stats.Line("uptime"u8, (state.Store.Clock.Milliseconds - state.StartedMilliseconds) / 1000);
        stats.Line("time"u8, state.Store.Clock.Seconds);
        stats.Line("version"u8, ServerVersion.Memcached);
        stats.Line("libevent"u8, "none"u8);
        stats.Line("pointer_size"u8, 8 * nint.Size);
        stats.Line("rusage_user"u8, usage.UserTime);
        stats.Line("rusage_system"u8, usage.PrivilegedTime);
    }

    private static void WriteConnections(ServerState state, StatsWriter stats, long[] counts)
    {
        stats.Line("max_connections"u8, state.Options.MaxConnections);
        stats.Line("curr_connections"u8, state.Connections.Current);
        stats.Line("total_connections"u8, state.Connections.Total);
        if (state.Options.RejectsExcessConnections)
        {
            stats.Line("rejected_connections"u8, state.Connections.Rejected);
        }

        stats.Line("connection_structures"u8, state.Connections.Current);
        stats.Line("response_obj_oom"u8, counts[(int)Counter.ReplyBufferExhausted]);
        Zero(stats, "response_obj_count"u8, "response_obj_bytes"u8, "read_buf_count"u8);
        stats.Line("read_buf_bytes"u8, state.Buffers.UsedBytes);
        Zero(stats, "read_buf_bytes_free"u8);
        stats.Line("read_buf_oom"u8, counts[(int)Counter.ReadBufferExhausted]);
        Zero(stats, "reserved_fds"u8);
    }

    private static void WriteCommands(StatsWriter stats, long[] counts)
    {
        stats.Line("cmd_get"u8, counts[(int)Counter.GetHits] + counts[(int)Counter.GetMisses]);
        stats.Line("cmd_set"u8, counts[(int)Counter.CmdSet]);
        stats.Line("cmd_flush"u8, counts[(int)Counter.CmdFlush]);
        stats.Line("cmd_touch"u8, counts[(int)Counter.TouchHits] + counts[(int)Counter.TouchMisses]);
        stats.Line("cmd_meta"u8, counts[(int)Counter.CmdMeta]);
        stats.Line("get_hits"u8, counts[(int)Counter.GetHits]);
        stats.Line("get_misses"u8, counts[(int)Counter.GetMisses]);
        stats.Line("get_expired"u8, counts[(int)Counter.GetExpired]);
        stats.Line("get_flushed"u8, counts[(int)Counter.GetFlushed]);
        stats.Line("delete_misses"u8, counts[(int)Counter.DeleteMisses]);
        stats.Line("delete_hits"u8, counts[(int)Counter.DeleteHits]);
        stats.Line("incr_misses"u8, counts[(int)Counter.IncrMisses]);
        stats.Line("incr_hits"u8, counts[(int)Counter.IncrHits]);
        stats.Line("decr_misses"u8, counts[(int)Counter.DecrMisses]);
        stats.Line("decr_hits"u8, counts[(int)Counter.DecrHits]);
        stats.Line("cas_misses"u8, counts[(int)Counter.CasMisses]);
        stats.Line("cas_hits"u8, counts[(int)Counter.CasHits]);
        stats.Line("cas_badval"u8, counts[(int)Counter.CasBadval]);
        stats.Line("touch_hits"u8, counts[(int)Counter.TouchHits]);
        stats.Line("touch_misses"u8, counts[(int)Counter.TouchMisses]);
        stats.Line("store_too_large"u8, counts[(int)Counter.StoreTooLarge]);
        stats.Line("store_no_memory"u8, counts[(int)Counter.StoreNoMemory]);
        stats.Line("auth_cmds"u8, counts[(int)Counter.AuthCmds]);
        stats.Line("auth_errors"u8, counts[(int)Counter.AuthErrors]);
    }

    private static void WriteTraffic(ServerState state, StatsWriter stats, long[] counts, in StoreStatistics store)
    {
        stats.Line("bytes_read"u8, counts[(int)Counter.BytesRead]);
        stats.Line("bytes_written"u8, counts[(int)Counter.BytesWritten]);
        stats.Line("limit_maxbytes"u8, store.MemoryLimitBytes);
        stats.Line("accepting_conns"u8, state.Connections.IsAccepting ? 1 : 0);
        stats.Line("listen_disabled_num"u8, state.Connections.AcceptPauses);
        stats.Line("time_in_listen_disabled_us"u8, state.Connections.AcceptPausedMicroseconds);
        stats.Line("threads"u8, state.Transport.Loops);
        stats.Line("conn_yields"u8, counts[(int)Counter.ConnectionYields]);
        stats.Line("hash_power_level"u8, BitOperations.Log2((ulong)Math.Max(store.IndexSlots, 1)));
        stats.Line("hash_bytes"u8, store.IndexBytes);
        stats.Line("hash_is_expanding"u8, 0);
    }

    private static void WriteBackground(ServerState state, StatsWriter stats)
    {
        MemcachedTuning tuning = state.Tuning;
        if (tuning.SlabReassign)
        {
            Zero(stats, "slab_reassign_rescues"u8, "slab_reassign_chunk_rescues"u8, "slab_reassign_inline_reclaim"u8);
            Zero(stats, "slab_reassign_busy_items"u8, "slab_reassign_busy_deletes"u8, "slab_reassign_busy_nomem"u8);
            stats.Line("slab_reassign_last_busy_status"u8, "none"u8);
            Zero(stats, "slab_reassign_running"u8, "slabs_moved"u8);
        }

        if (tuning.LruCrawler)
        {
            stats.Line("lru_crawler_running"u8, state.Store.IsSweeping ? 1 : 0);
            stats.Line("lru_crawler_starts"u8, Volatile.Read(ref state.CrawlerStarts));
        }

        if (tuning.LruMaintainer)
        {
            Zero(stats, "lru_maintainer_juggles"u8);
        }

        Zero(stats, "malloc_fails"u8, "log_worker_dropped"u8);
        stats.Line("log_worker_written"u8, state.Watch.Lines);
        stats.Line("log_watcher_skipped"u8, state.Watch.Skipped);
        stats.Line("log_watcher_sent"u8, state.Watch.Sent);
        stats.Line("log_watchers"u8, state.Watch.Watchers);
        TlsStats.WriteGeneral(state, stats);
        Zero(stats, "unexpected_napi_ids"u8, "round_robin_fallback"u8);
    }

    private static void WriteItems(ServerState state, StatsWriter stats, in StoreStatistics store)
    {
        bool hasQueues = state.Tuning.LruMaintainer;
        stats.Line("bytes"u8, store.ItemBytes);
        stats.Line("curr_items"u8, store.Items);
        stats.Line("total_items"u8, store.ItemsWritten);
        Zero(stats, "slab_global_page_pool"u8);
        stats.Line("expired_unfetched"u8, store.ExpiredUnread);
        stats.Line("evicted_unfetched"u8, store.EvictedUnread);
        if (hasQueues)
        {
            Zero(stats, "evicted_active"u8);
        }

        stats.Line("evictions"u8, store.Evictions);
        stats.Line("reclaimed"u8, store.Reclaimed);
        stats.Line("crawler_reclaimed"u8, store.Swept);
        stats.Line("crawler_items_checked"u8, store.SweepVisits);
        Zero(stats, "lrutail_reflocked"u8);
        if (hasQueues)
        {
            Zero(stats, "moves_to_cold"u8, "moves_to_warm"u8, "moves_within_lru"u8);
            Zero(stats, "direct_reclaims"u8, "lru_bumps_dropped"u8);
        }
    }

    private static void Zero(StatsWriter stats, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        stats.Line(first, 0);
        if (!second.IsEmpty)
        {
            stats.Line(second, 0);
        }

        if (!third.IsEmpty)
        {
            stats.Line(third, 0);
        }
    }
}
