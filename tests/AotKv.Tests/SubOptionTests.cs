using AotKv.CommandLine;
using AotKv.Server;

namespace AotKv.Tests;

public sealed class SubOptionTests
{
    /// <summary>All that memcached 1.6.45 knows, with a value that it takes.</summary>
    private const string Everything =
        "maxconns_fast,hashpower=20,no_hashexpand,slab_reassign,slab_automove=2,slab_automove,slab_automove_ratio=0.9,slab_automove_window=3,"
        + "tail_repair_time=10,hash_algorithm=xxh3,lru_crawler,lru_crawler_sleep=0,lru_crawler_tocrawl=4294967295,lru_maintainer,hot_lru_pct=1,"
        + "warm_lru_pct=79,hot_max_factor=0.5,warm_max_factor=3,temporary_ttl=10,idle_timeout=7,watcher_logbuf_size=8,worker_logbuf_size=9,"
        + "slab_sizes=96-200-300,slab_chunk_max=512,track_sizes,no_inline_ascii_resp,inline_ascii_resp,modern,no_slab_reassign,no_slab_automove,"
        + "no_lru_crawler,no_drop_privileges,drop_privileges,resp_obj_mem_limit=1,read_buf_mem_limit=16,relaxed_privileges,sock_cookie_id=5,"
        + "slab_automove_freeratio=0.02";

    [Fact]
    public void Parse_every_suboption_is_accepted_in_one_list()
    {
        LaunchOptions options = Good(Everything);
        ServerOptions server = options.Server;
        Assert.Equal((7, 8L << 10, 9L << 10, 16L << 20), (server.IdleTimeoutSeconds, server.WatcherBufferBytes, server.LogBufferBytes, server.BufferLimitBytes));
        Assert.True(server is { TracksSizes: true, RejectsExcessConnections: true });
        MemcachedTuning tuning = server.Tuning;
        Assert.Equal((20, "xxh3", 0, 3, 10), (tuning.HashPower, tuning.HashAlgorithm, tuning.SlabAutomove, tuning.SlabAutomoveWindowSeconds, tuning.TailRepairSeconds));
        Assert.Equal((1, 79, 0.5, 3.0, 10), (tuning.HotLruPercent, tuning.WarmLruPercent, tuning.HotMaxFactor, tuning.WarmMaxFactor, tuning.TemporaryTtlSeconds));
        Assert.True(tuning is { LruCrawler: false, DropPrivileges: true, InlineAsciiResponse: true, HashExpands: false, TemporaryLru: true });
        Assert.Contains("resp_obj_mem_limit", Assert.Single(options.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_no_modern_turns_off_what_came_later()
    {
        ServerOptions server = Good("no_modern").Server;
        Assert.False(server.RejectsExcessConnections);
        Assert.True(server.Tuning is { LruCrawler: false, LruMaintainer: false, SlabReassign: false, SlabAutomove: 0, HashAlgorithm: "jenkins" });
    }

    [Fact]
    public void Parse_repeated_suboption_counts_last() =>
        Assert.Equal(9, CommandLine("-o", "idle_timeout=3,idle_timeout=5", "-o", "idle_timeout=9").Server.IdleTimeoutSeconds);

    [Fact]
    public void Parse_nothing_gives_memcached_settings() =>
        Assert.Equal(new MemcachedTuning(), Good("modern,,").Server.Tuning);

    [Theory]
    [InlineData("nonsense", 1, "Illegal suboption \"nonsense\"")]
    [InlineData("Modern", 1, "Illegal suboption \"Modern\"")]
    [InlineData("hashpower", 1, "-o hashpower: Missing hashpower argument; give 12 to 32")]
    [InlineData("hashpower=11", 1, "-o hashpower=11: give 12 to 32")]
    [InlineData("hashpower=33", 1, "-o hashpower=33: give 12 to 32")]
    [InlineData("slab_automove=3", 1, "-o slab_automove=3: give 0 to 2")]
    [InlineData("slab_automove_ratio=0", 1, "-o slab_automove_ratio=0: give a number above 0 and at most 1")]
    [InlineData("slab_automove_ratio=1.5", 1, "-o slab_automove_ratio=1.5: give")]
    [InlineData("slab_automove_window=2", 1, "-o slab_automove_window=2: give 3 to 1800")]
    [InlineData("tail_repair_time=9", 1, "-o tail_repair_time=9: give 10 to")]
    [InlineData("hash_algorithm=md5", 1, "-o hash_algorithm=md5: give jenkins, murmur3 or xxh3")]
    [InlineData("lru_crawler_sleep=1000001", 1, "-o lru_crawler_sleep=1000001: give 0 to 1000000 microseconds")]
    [InlineData("lru_crawler_tocrawl=x", 1, "-o lru_crawler_tocrawl=x: give")]
    [InlineData("hot_lru_pct=80", 1, "-o hot_lru_pct=80: give 1 to 79")]
    [InlineData("hot_lru_pct=50", 64, "hot_lru_pct + warm_lru_pct cannot be more than 80% combined")]
    [InlineData("hot_max_factor=nan", 1, "-o hot_max_factor=nan: give a number above 0")]
    [InlineData("warm_max_factor=-1", 1, "-o warm_max_factor=-1: give a number above 0")]
    [InlineData("temporary_ttl=5,no_lru_maintainer", 64, "temporary_ttl requires lru_maintainer to be enabled")]
    [InlineData("idle_timeout=-1", 1, "-o idle_timeout=-1: give 0 to")]
    [InlineData("slab_chunk_max=0", 1, "-o slab_chunk_max=0: give 1 to 1024 kilobytes")]
    [InlineData("slab_chunk_max=1025", 1, "-o slab_chunk_max=1025: give 1 to 1024 kilobytes")]
    [InlineData("slab_chunk_max=3", 64, "-I (item_size_max: 1048576) must be evenly divisible by slab_chunk_max (bytes: 3072)")]
    [InlineData("slab_sizes=10-20", 64, "-o slab_sizes=10-20: slab size 10 is out of valid range")]
    [InlineData("slab_sizes=100-104", 64, "-o slab_sizes=100-104: slab size 104 must be at least 8 bytes larger")]
    [InlineData("slab_sizes=", 64, "-o slab_sizes=: too many or no slab classes")]
    [InlineData("read_buf_mem_limit=x", 1, "-o read_buf_mem_limit=x: give megabytes")]
    [InlineData("ext_path=/tmp/file:1G", 64, "-o ext_path=/tmp/file:1G: memcached's extstore is not offered: --data-dir")]
    [InlineData("ext_drop_unread", 64, "-o ext_drop_unread: memcached's extstore is not offered")]
    [InlineData("proxy_config=routelib", 64, "-o proxy_config=routelib: memcached's proxy is not offered")]
    public void Parse_mistake_is_named_with_memcached_exit_code(string list, int exitCode, string message)
    {
        Mistake mistake = Assert.Single(CommandLineParser.Parse(["-o", list], out _));
        Assert.Equal((exitCode, true), (mistake.ExitCode, mistake.Message.StartsWith(message, StringComparison.Ordinal)));
    }

    [Fact]
    public void Parse_slab_chunk_above_item_size_is_refused() =>
        Assert.Contains("cannot be larger than -I", Assert.Single(CommandLineParser.Parse(["-I", "1k", "-o", "slab_chunk_max=2"], out _)).Message, StringComparison.Ordinal);

    private static LaunchOptions Good(string list) => CommandLine("-o", list);

    private static LaunchOptions CommandLine(params string[] arguments)
    {
        Assert.Empty(CommandLineParser.Parse(arguments, out LaunchOptions options));
        return options;
    }
}
