namespace AotKv.CommandLine;

/// <summary>Every option behind <c>-o</c> of memcached 1.6.45, with the values it allows there.</summary>
internal static class SubOptionTable
{
    private const string NoExtstore = "memcached's extstore is not offered: --data-dir DIR keeps items on disk";
    private const string NoProxy = "memcached's proxy is not offered: put one such as nutcracker or mcrouter in front, or use an ordinary memcached";

    public static IReadOnlyList<SubOption> All { get; } = [.. Served(), .. TlsSubOptions.All, .. Slabs(), .. Lru(), .. Others(), .. Refused()];

    /// <summary>What has its meaning here.</summary>
    private static SubOption[] Served() =>
    [
        SubOption.Switch("maxconns_fast", options => options with { RejectsExcessConnections = true }),
        SubOption.Switch("no_maxconns_fast", options => options with { RejectsExcessConnections = false }),
        SubOption.Whole("idle_timeout", 0, int.MaxValue, (options, n) => options with { IdleTimeoutSeconds = (int)n }, " seconds"),
        SubOption.Switch("track_sizes", options => options with { TracksSizes = true }),
        SubOption.Whole("watcher_logbuf_size", 1, 1 << 21, (options, n) => options with { WatcherBufferBytes = n << 10 }, " kilobytes"),
        SubOption.Whole("worker_logbuf_size", 1, 1 << 21, (options, n) => options with { LogBufferBytes = n << 10 }, " kilobytes"),
        SubOption.Switch("modern", options => options),
        SubOption.Switch("no_modern", options => options with
        {
            RejectsExcessConnections = false,
            Tuning = options.Tuning with
            {
                SlabChunkMaxBytes = 1 << 20,
                SlabReassign = false,
                SlabAutomove = 0,
                LruCrawler = false,
                LruMaintainer = false,
                HashAlgorithm = "jenkins",
            },
        }),
    ];

    private static SubOption[] Slabs() =>
    [
        SubOption.Tune("slab_reassign", tuning => tuning with { SlabReassign = true }),
        SubOption.Tune("no_slab_reassign", tuning => tuning with { SlabReassign = false }),
        new("slab_automove", ArgumentKind.Optional, (options, value) => value.Length == 0
            ? options with { Tuning = options.Tuning with { SlabAutomove = 1 } }
            : SubOption.TryWhole(value, 0, 2, out long n) ? options with { Tuning = options.Tuning with { SlabAutomove = (int)n } } : null, "0 to 2"),
        SubOption.Tune("no_slab_automove", tuning => tuning with { SlabAutomove = 0 }),
        SubOption.TuneReal("slab_automove_ratio", 1, (tuning, n) => tuning with { SlabAutomoveRatio = n }),
        SubOption.Tune("slab_automove_window", 3, 1800, (tuning, n) => tuning with { SlabAutomoveWindowSeconds = (int)n }),
        SubOption.TuneReal("slab_automove_freeratio", 1, (tuning, n) => tuning with { SlabAutomoveFreeRatio = n }),
        new("slab_sizes", ArgumentKind.Required,
            (options, value) => options with { Tuning = options.Tuning with { SlabSizes = value } }, "rising sizes with - between them"),
        SubOption.Tune("slab_chunk_max", 1, 1024, (tuning, n) => tuning with { SlabChunkMaxBytes = (int)n << 10 }, " kilobytes"),
        SubOption.Tune("no_chunked_items", tuning => tuning with { SlabChunkMaxBytes = 1 << 20 }),
    ];

    private static SubOption[] Lru() =>
    [
        SubOption.Tune("lru_crawler", tuning => tuning with { LruCrawler = true }),
        SubOption.Tune("no_lru_crawler", tuning => tuning with { LruCrawler = false }),
        SubOption.Tune("lru_crawler_sleep", 0, 1_000_000, (tuning, n) => tuning with { LruCrawlerSleepMicroseconds = (int)n }, " microseconds"),
        SubOption.Tune("lru_crawler_tocrawl", 0, uint.MaxValue, (tuning, n) => tuning with { LruCrawlerToCrawl = (uint)n }),
        SubOption.Tune("lru_maintainer", tuning => tuning with { LruMaintainer = true }),
        SubOption.Tune("no_lru_maintainer", tuning => tuning with { LruMaintainer = false }),
        SubOption.Tune("hot_lru_pct", 1, 79, (tuning, n) => tuning with { HotLruPercent = (int)n }),
        SubOption.Tune("warm_lru_pct", 1, 79, (tuning, n) => tuning with { WarmLruPercent = (int)n }),
        SubOption.TuneReal("hot_max_factor", double.MaxValue, (tuning, n) => tuning with { HotMaxFactor = n }),
        SubOption.TuneReal("warm_max_factor", double.MaxValue, (tuning, n) => tuning with { WarmMaxFactor = n }),
        SubOption.Tune("temporary_ttl", int.MinValue, int.MaxValue, (tuning, n) => tuning with { TemporaryLru = true, TemporaryTtlSeconds = (int)n }, " seconds"),
        SubOption.Tune("tail_repair_time", 10, int.MaxValue, (tuning, n) => tuning with { TailRepairSeconds = (int)n }, " seconds"),
    ];

    private static SubOption[] Others() =>
    [
        SubOption.Tune("hashpower", 12, 32, (tuning, n) => tuning with { HashPower = (int)n }),
        SubOption.Tune("no_hashexpand", tuning => tuning with { HashExpands = false }),
        new("hash_algorithm", ArgumentKind.Required,
            (options, value) => value is "jenkins" or "murmur3" or "xxh3" ? options with { Tuning = options.Tuning with { HashAlgorithm = value } } : null,
            "jenkins, murmur3 or xxh3"),
        SubOption.Tune("inline_ascii_resp", tuning => tuning with { InlineAsciiResponse = true }),
        SubOption.Tune("no_inline_ascii_resp", tuning => tuning with { InlineAsciiResponse = false }),
        SubOption.Tune("drop_privileges", tuning => tuning with { DropPrivileges = true }),
        SubOption.Tune("no_drop_privileges", tuning => tuning with { DropPrivileges = false }),
        SubOption.Switch("relaxed_privileges", options => options),
        SubOption.Switch("resp_obj_mem_limit", options => options),
        SubOption.Whole("sock_cookie_id", 0, uint.MaxValue, (options, _) => options),
    ];

    private static IEnumerable<SubOption> Refused()
    {
        string[] disk =
        [
            "page_size", "wbuf_size", "threads", "io_depth", "path", "item_size", "item_age", "low_ttl", "recache_rate", "compact_under",
            "drop_under", "max_sleep", "max_frag", "drop_unread",
        ];
        string[] proxy = ["config", "arg", "uring", "memprofile"];
        return [.. disk.Select(name => SubOption.Refused("ext_" + name, NoExtstore)), .. proxy.Select(name => SubOption.Refused("proxy_" + name, NoProxy))];
    }
}
