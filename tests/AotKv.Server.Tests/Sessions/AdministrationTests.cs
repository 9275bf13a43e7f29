using AotKv.Engine;
using AotKv.Protocol.Binary;
using AotKv.Server.Sessions;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

public sealed class AdministrationTests
{
    [Theory]
    [InlineData("lru_crawler enable\r\n", "ERROR failed to start lru crawler thread\r\n")]
    [InlineData("lru_crawler disable\r\nlru_crawler enable\r\n", "OK\r\nOK\r\n")]
    [InlineData("lru_crawler disable\r\nlru_crawler crawl all\r\n", "OK\r\nCLIENT_ERROR lru crawler disabled\r\n")]
    [InlineData("lru_crawler sleep 1000001\r\n", "CLIENT_ERROR sleep must be one second or less\r\n")]
    [InlineData("lru_crawler tocrawl x\r\n", "CLIENT_ERROR bad command line format\r\n")]
    [InlineData("lru_crawler crawl 64\r\n", "BADCLASS invalid class id\r\n")]
    [InlineData("version\r\nlru_crawler metadump all\r\n", "VERSION 1.6.45\r\nERROR cannot pipeline other commands before metadump\r\n")]
    [InlineData("lru tune 50 40 1 1\r\n", "ERROR hot and warm pcts must not exceed 80\r\n")]
    [InlineData("lru tune 10 20 0.1 2.0\r\nlru mode flat\r\nlru temp_ttl -1\r\n", "OK\r\nOK\r\nOK\r\n")]
    [InlineData("slabs reassign 1 1\r\n", "SAME src and dst class are identical\r\n")]
    [InlineData("slabs reassign 1 2\r\n", "NOSPARE source class has no spare pages\r\n")]
    [InlineData("slabs automove 3\r\n", "ERROR\r\n")]
    [InlineData("slabs automove window 2\r\n", "CLIENT_ERROR automove window too low or too high\r\n")]
    [InlineData("extstore item_size 100\r\nextstore nothing 1\r\n", "OK\r\nERROR\r\n")]
    [InlineData("cache_memlimit 7\r\n", "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n")]
    [InlineData("cache_memlimit 128\r\n", "OK\r\n")]
    [InlineData("debugtime 3\r\n", "ERROR\r\n")]
    [InlineData("watch nothing\r\n", "ERROR\r\n")]
    [InlineData("stats cachedump 64 0\r\n", "CLIENT_ERROR Illegal slab id\r\n")]
    [InlineData("stats detail\r\n", "CLIENT_ERROR usage: stats detail on|off|dump\r\n")]
    [InlineData("stats sizes\r\n", "STAT sizes_status disabled\r\nEND\r\n")]
    public void Command_of_operators_answers_as_memcached_does(string input, string reply)
    {
        using SessionFixture fixture = new();
        Assert.Equal(reply, fixture.Ask(input));
    }

    [Fact]
    public void Metadump_lists_every_item_once_in_a_small_room()
    {
        using SessionFixture fixture = new();
        for (int i = 0; i < 2000; i++)
        {
            fixture.Ask($"set key#{i} 5 100 1\r\nx\r\n");
        }

        using SessionDriver driver = new(new Session(fixture.Host, id: 9)) { Room = 1024 };
        string[] lines = driver.Send("lru_crawler metadump all\r\n").Split('\n');
        Assert.Equal("OK\r", lines[0]);
        Assert.Equal(["END\r", string.Empty], lines[^2..]);
        Assert.Equal(2000, lines[1..^2].Distinct().Count());
        Assert.All(lines[1..^2], line => Assert.Matches(@"^key=key%23\d+ exp=\d+ la=\d+ cas=\d+ fetch=no cls=1 size=\d+ flags=5 $", line));
    }

    [Fact]
    public void Mgdump_lists_commands_that_read_the_items()
    {
        using SessionFixture fixture = new();
        fixture.Ask("set a 0 0 1\r\n1\r\n");
        Assert.Equal("OK\r\nmg a\r\nEN\r\n", fixture.Ask("lru_crawler mgdump all\r\n"));
    }

    [Fact]
    public void Stats_items_and_slabs_sort_items_into_classes()
    {
        using SessionFixture fixture = new();
        fixture.Ask("set a 0 0 1\r\n1\r\nset b 0 0 600\r\n" + new string('x', 600) + "\r\n");
        string items = fixture.Ask("stats items\r\n");
        Assert.Contains("STAT items:1:number 1\r\n", items, StringComparison.Ordinal);
        Assert.Contains("STAT items:1:mem_requested 61\r\n", items, StringComparison.Ordinal);
        Assert.Contains("STAT items:10:number 1\r\n", items, StringComparison.Ordinal);
        string slabs = fixture.Ask("stats slabs\r\n");
        Assert.Contains("STAT 10:chunk_size 752\r\n", slabs, StringComparison.Ordinal);
        Assert.Contains("STAT active_slabs 2\r\n", slabs, StringComparison.Ordinal);
    }

    [Fact]
    public void Watch_tells_of_looks_stores_and_deletions()
    {
        using SessionFixture fixture = new();
        using SessionDriver watcher = fixture.Connect();
        Assert.Equal("OK\r\n", watcher.Send("watch fetchers mutations deletions\r\n"));
        fixture.Ask("set a# 0 0 4\r\nabcd\r\nget a#\r\ndelete a#\r\nget a#\r\n");
        string[] lines = watcher.Send(string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.Matches(@"^ts=\d+\.\d+ gid=\d+ type=item_get key=a%23 status=not_found clsid=0 cfd=9 size=0$", lines[0]);
        Assert.Matches(@"type=item_store key=a%23 status=stored cmd=set ttl=0 clsid=1 cfd=9 size=4$", lines[1]);
        Assert.Matches(@"type=item_get key=a%23 status=found clsid=1 cfd=9 size=4$", lines[2]);
        Assert.Matches(@"type=deleted key=a%23 cmd=delete clsid=1 size=4$", lines[4]);
        Assert.Equal("1", fixture.Stat("log_watchers"));
    }

    [Theory]
    [InlineData("set k# 5 100 2000\r\n", "set", 100)]
    [InlineData("add k# 5 100 2000\r\n", "add", 100)]
    [InlineData("ms k# 2000 F5 T100\r\n", "set", 100)]
    [InlineData("ms ayM= 2000 b F5 T100 ME\r\n", "add", 100)]
    [InlineData("ms k# 2000 C7 F5\r\n", "cas", 0)]
    [InlineData(null, "set", 100)]
    public void Watch_tells_of_a_value_that_is_too_large_in_every_protocol(string? line, string command, int ttl)
    {
        using SessionFixture fixture = new(store: new() { MaxItemBytes = 1024, MemoryLimitBytes = 8 << 20 });
        using SessionDriver watcher = fixture.Connect();
        watcher.Send("watch mutations\r\n");
        string value = new('v', 2000);
        fixture.Ask(line == null ? Packets.Store(BinaryOpcode.Set, "k#", value, 5, 100) : $"{line}{value}\r\n");
        Assert.Matches(
            $@"^ts=\d+\.\d+ gid=\d+ type=item_store key=k%23 status=too_large cmd={command} ttl={ttl} clsid=\d+ cfd=9 size=2000\n$", watcher.Send(string.Empty));
        Assert.Equal("1", fixture.Stat("store_too_large"));
    }

    [Theory]
    [InlineData("append k 0 0 600\r\n")]
    [InlineData("ms k 600 MA\r\n")]
    [InlineData(null)]
    public void Watch_tells_of_a_sum_that_is_too_large_as_not_stored(string? line)
    {
        using SessionFixture fixture = new(store: new() { MaxItemBytes = 1024, MemoryLimitBytes = 8 << 20 });
        string piece = new('v', 600);
        fixture.Ask($"set k 0 0 600\r\n{piece}\r\n");
        using SessionDriver watcher = fixture.Connect();
        watcher.Send("watch mutations\r\n");
        fixture.Ask(line == null ? Packets.Ask(BinaryOpcode.Append, "k", piece) : $"{line}{piece}\r\n");
        Assert.Matches(@"^[^\n]* status=not_stored cmd=append ttl=0 [^\n]*\n$", watcher.Send(string.Empty));
    }

    [Fact]
    public void Watch_skips_and_counts_lines_when_the_watcher_is_slow()
    {
        using SessionFixture fixture = new(new() { WatcherBufferBytes = 1024 });
        using SessionDriver watcher = fixture.Connect();
        watcher.Send("watch\r\n");
        for (int i = 0; i < 100; i++)
        {
            fixture.Ask("get a\r\n");
        }

        Assert.Matches(@"key=a [^\n]*\nskipped=\d+\n$", watcher.Send(string.Empty));
        fixture.Ask("get b\r\n");
        Assert.Matches(@"^ts=[^\n]*key=b ", watcher.Send(string.Empty));
        Assert.NotEqual("0", fixture.Stat("log_watcher_skipped"));
    }

    [Fact]
    public void Watcher_that_leaves_is_forgotten()
    {
        using SessionFixture fixture = new();
        fixture.Ask("watch\r\n");
        Assert.Equal("0", fixture.Stat("log_watchers"));
    }

    [Fact]
    public void Stats_has_the_names_and_types_a_prometheus_exporter_reads()
    {
        using SessionFixture fixture = new();
        foreach (string name in (string[])["uptime", "time", "cmd_get", "cmd_set", "cmd_flush", "cmd_touch", "get_hits", "get_misses", "get_expired",
            "get_flushed", "delete_hits", "delete_misses", "incr_hits", "incr_misses", "decr_hits", "decr_misses", "cas_hits", "cas_misses",
            "cas_badval", "touch_hits", "touch_misses", "curr_connections", "total_connections", "rejected_connections", "max_connections",
            "connection_structures", "limit_maxbytes", "bytes", "bytes_read", "bytes_written", "curr_items", "total_items", "evictions",
            "reclaimed", "lru_crawler_starts", "lru_maintainer_juggles", "expired_unfetched", "evicted_unfetched", "evicted_active",
            "crawler_reclaimed", "crawler_items_checked", "moves_to_cold", "moves_to_warm", "moves_within_lru", "direct_reclaims",
            "lru_bumps_dropped", "conn_yields", "listen_disabled_num", "threads", "hash_bytes", "hash_power_level", "malloc_fails",
            "log_worker_dropped", "log_worker_written", "log_watcher_skipped", "log_watcher_sent", "slabs_moved", "store_too_large",
            "store_no_memory", "accepting_conns", "time_in_listen_disabled_us"])
        {
            Assert.True(long.TryParse(fixture.Stat(name), out _), name);
        }

        Assert.True(double.TryParse(fixture.Stat("rusage_user"), out _), "rusage_user");
    }

    [Fact]
    public void Debugtime_moves_the_clock_where_it_is_allowed()
    {
        DebugClock clock = new();
        StoreOptions options = new() { Clock = clock };
        using Store store = new(options);
        using MemoryStream log = new();
        using ServerState state = new(new() { DebugCommands = true }, options, store, new ServerLog(log));
        long before = clock.Seconds;
        Assert.Equal("OK\r\n"u8, AdminCommands.DebugTime(state, ["100"]));
        Assert.InRange(clock.Seconds, before + 100, before + 200);
        Assert.Equal("ERROR\r\n"u8, AdminCommands.DebugTime(state, ["x"]));
    }
}
