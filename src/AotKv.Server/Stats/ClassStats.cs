using System.Globalization;
using System.Text;
using AotKv.Engine;

namespace AotKv.Server.Stats;

/// <summary>
/// <c>stats items</c> and <c>stats slabs</c>, for the classes memcached would have sorted the items into. What belongs to memcached's
/// queues and pages alone is zero.
/// </summary>
internal static class ClassStats
{
    /// <summary>Lines of <c>stats items</c>, for classes that hold items.</summary>
    public static void WriteItems(ServerState state, Census census, StatsWriter stats)
    {
        long now = state.Store.Clock.Seconds;
        for (int id = 1; id <= state.Classes.Last; id++)
        {
            if (census.Items(id) > 0 || state.ClassCounters.HasAny(id))
            {
                WriteItemsOf(state, census, stats, id, now);
            }
        }
    }

    /// <summary>Lines of <c>stats slabs</c>, for classes that ever held items, and the totals.</summary>
    public static void WriteSlabs(ServerState state, Census census, StatsWriter stats)
    {
        int active = 0;
        for (int id = 1; id <= state.Classes.Last; id++)
        {
            if (census.Items(id) > 0 || state.ClassCounters.HasAny(id) || state.Census.IsKnown(id))
            {
                active++;
                WriteSlab(state.Classes, census, stats, id);
            }
        }

        StoreStatistics store = state.Store.Statistics();
        stats.Line("active_slabs"u8, active);
        stats.Line("total_malloced"u8, store.SegmentBytes);
    }

    private static void WriteItemsOf(ServerState state, Census census, StatsWriter stats, int id, long now)
    {
        ClassLines lines = new(stats, string.Create(CultureInfo.InvariantCulture, $"items:{id}:"));
        ClassCounters.Entry entry = state.ClassCounters[id];
        MemcachedTuning tuning = state.Tuning;
        lines.Line("number", census.Items(id));
        if (tuning.LruMaintainer)
        {
            lines.Line("number_hot", 0);
            lines.Line("number_warm", 0);
            lines.Line("number_cold", census.Items(id));
            if (tuning.TemporaryLru)
            {
                lines.Line("number_temp", 0);
            }

            lines.Line("age_hot", 0);
            lines.Line("age_warm", 0);
        }

        lines.Line("age", census.Age(id, now));
        lines.Line("mem_requested", census.Bytes(id));
        lines.Line("evicted", entry.Evicted);
        lines.Line("evicted_nonzero", entry.EvictedWithExpiry);
        lines.Line("evicted_time", entry.LastEvictedIdleSeconds);
        lines.Line("outofmemory", 0);
        lines.Line("tailrepairs", 0);
        lines.Line("reclaimed", entry.Expired + entry.Swept);
        lines.Line("expired_unfetched", entry.ExpiredUnread);
        lines.Line("evicted_unfetched", entry.EvictedUnread);
        if (tuning.LruMaintainer)
        {
            lines.Line("evicted_active", 0);
        }

        lines.Line("crawler_reclaimed", entry.Swept);
        lines.Line("crawler_items_checked", 0);
        lines.Line("lrutail_reflocked", 0);
        if (tuning.LruMaintainer)
        {
            foreach (string name in (string[])["moves_to_cold", "moves_to_warm", "moves_within_lru", "direct_reclaims",
                "hits_to_hot", "hits_to_warm", "hits_to_cold", "hits_to_temp"])
            {
                lines.Line(name, 0);
            }
        }
    }

    private static void WriteSlab(SlabClasses classes, Census census, StatsWriter stats, int id)
    {
        ClassLines lines = new(stats, string.Create(CultureInfo.InvariantCulture, $"{id}:"));
        int perPage = classes.ChunksPerPage(id);

        // An item larger than the last class takes as many of its chunks as it needs.
        long items = census.Items(id);
        long used = id == classes.Last ? Math.Max(items, (census.Bytes(id) + classes.ChunkBytes(id) - 1) / classes.ChunkBytes(id)) : items;
        long pages = Math.Max(1, (used + perPage - 1) / perPage);
        lines.Line("chunk_size", classes.ChunkBytes(id));
        lines.Line("chunks_per_page", perPage);
        lines.Line("total_pages", pages);
        lines.Line("total_chunks", pages * perPage);
        lines.Line("used_chunks", used);
        lines.Line("free_chunks", (pages * perPage) - used);
        foreach (string name in (string[])["free_chunks_end", "get_hits", "cmd_set", "delete_hits", "incr_hits", "decr_hits", "cas_hits",
            "cas_badval", "touch_hits"])
        {
            lines.Line(name, 0);
        }
    }

    /// <summary>Lines whose names begin with a class.</summary>
    private readonly struct ClassLines(StatsWriter stats, string prefix)
    {
        public void Line(string name, long value) => stats.Line(Encoding.ASCII.GetBytes(prefix + name), value);
    }
}
