namespace AotKv.Server;

/// <summary>
/// Settings of mechanisms that memcached has and this server has not (slab classes, segmented LRU, its hash table, its logger's buffers).
/// They are taken from the command line and checked as memcached checks them, shown by <c>stats settings</c>, and change nothing. The
/// defaults are those of memcached 1.6.45.
/// </summary>
public sealed record MemcachedTuning
{
    /// <summary><c>-f</c>: how much larger each slab class is than the one before; more than 1.</summary>
    public double GrowthFactor { get; init; } = 1.25;

    /// <summary><c>-n</c>: room for key, value and flags in the smallest slab class, bytes; at least 1.</summary>
    public int ChunkSizeBytes { get; init; } = 48;

    /// <summary><c>slab_chunk_max</c>, bytes: 1 KiB to 1 MiB.</summary>
    public int SlabChunkMaxBytes { get; init; } = 512 << 10;

    /// <summary><c>slab_sizes</c> as given; null for the growth factor's.</summary>
    public string? SlabSizes { get; init; }

    /// <summary><c>slab_reassign</c>.</summary>
    public bool SlabReassign { get; init; } = true;

    /// <summary><c>slab_automove</c>: 0 to 2.</summary>
    public int SlabAutomove { get; init; } = 1;

    /// <summary><c>slab_automove_ratio</c>: more than 0, at most 1.</summary>
    public double SlabAutomoveRatio { get; init; } = 0.8;

    /// <summary><c>slab_automove_window</c>, seconds: 3 to 1800.</summary>
    public int SlabAutomoveWindowSeconds { get; init; } = 10;

    /// <summary><c>slab_automove_freeratio</c>: more than 0, at most 1.</summary>
    public double SlabAutomoveFreeRatio { get; init; } = 0.01;

    /// <summary><c>hashpower</c>: 12 to 32; 0 when it was not given.</summary>
    public int HashPower { get; init; }

    /// <summary><c>hash_algorithm</c>: jenkins, murmur3 or xxh3.</summary>
    public string HashAlgorithm { get; init; } = "murmur3";

    /// <summary><c>no_hashexpand</c> was not given.</summary>
    public bool HashExpands { get; init; } = true;

    /// <summary><c>tail_repair_time</c>, seconds: at least 10; 0 when it was not given.</summary>
    public int TailRepairSeconds { get; init; }

    /// <summary><c>lru_crawler</c>.</summary>
    public bool LruCrawler { get; init; } = true;

    /// <summary><c>lru_crawler_sleep</c>, microseconds: 0 to 1,000,000.</summary>
    public int LruCrawlerSleepMicroseconds { get; init; } = 100;

    /// <summary><c>lru_crawler_tocrawl</c>, items of a class per run; 0 for all.</summary>
    public uint LruCrawlerToCrawl { get; init; }

    /// <summary><c>lru_maintainer</c>, which also makes the LRU segmented.</summary>
    public bool LruMaintainer { get; init; } = true;

    /// <summary><c>hot_lru_pct</c>: 1 to 79, and at most 80 with the warm one.</summary>
    public int HotLruPercent { get; init; } = 20;

    /// <summary><c>warm_lru_pct</c>: 1 to 79.</summary>
    public int WarmLruPercent { get; init; } = 40;

    /// <summary><c>hot_max_factor</c>: more than 0.</summary>
    public double HotMaxFactor { get; init; } = 0.2;

    /// <summary><c>warm_max_factor</c>: more than 0.</summary>
    public double WarmMaxFactor { get; init; } = 2;

    /// <summary><c>temporary_ttl</c>, seconds.</summary>
    public int TemporaryTtlSeconds { get; init; } = 61;

    /// <summary><c>temporary_ttl</c> was given.</summary>
    public bool TemporaryLru { get; init; }

    /// <summary><c>inline_ascii_resp</c>, without effect in memcached too.</summary>
    public bool InlineAsciiResponse { get; init; }

    /// <summary><c>drop_privileges</c>.</summary>
    public bool DropPrivileges { get; init; }

    /// <summary><c>-N</c>, at most as many as threads; 0 when it was not given.</summary>
    public int NapiIds { get; init; }
}
