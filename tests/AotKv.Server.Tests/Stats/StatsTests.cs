using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Stats;

public sealed class StatsTests
{
    [Fact]
    public void Stats_has_memcached_names_in_its_order()
    {
        string[] order =
        [
            "pid", "uptime", "time", "version", "pointer_size", "rusage_user", "rusage_system", "max_connections", "curr_connections",
            "total_connections", "rejected_connections", "cmd_get", "cmd_set", "cmd_flush", "cmd_touch", "get_hits", "get_misses", "delete_misses",
            "incr_misses", "cas_misses", "touch_hits", "store_too_large", "bytes_read", "bytes_written", "limit_maxbytes", "accepting_conns",
            "threads", "conn_yields", "hash_power_level", "hash_bytes", "bytes", "curr_items", "total_items", "expired_unfetched",
            "evicted_unfetched", "evictions", "reclaimed",
        ];
        using SessionFixture fixture = new();
        string[] names = [.. Names(fixture.Ask("stats\r\n"))];
        Assert.Equal(order, names.Where(order.Contains));
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void Stats_settings_shows_the_options()
    {
        ServerOptions options = new() { MaxConnections = 77, RequestsPerEvent = 5, Backlog = 9, UnixSocketMode = 448, ShutdownEnabled = true };
        using SessionFixture fixture = new(options, new() { MemoryLimitBytes = 32 << 20, EvictionDisabled = true });
        string settings = fixture.Ask("stats settings\r\n");
        foreach (string line in (string[])
        [
            "maxbytes 33554432", "maxconns 77", "reqs_per_event 5", "tcp_backlog 9", "umask 700", "evictions off", "shutdown_command yes",
            "item_size_max 1048576", "flush_enabled yes", "inter NULL", "domain_socket NULL", "cas_enabled yes",
        ])
        {
            Assert.Contains($"STAT {line}\r\n", settings, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Stats_aotkv_shows_its_own_version()
    {
        using SessionFixture fixture = new();
        string stats = fixture.Ask("stats aotkv\r\n");
        Assert.StartsWith($"STAT aotkv_version {ServerVersion.Own}\r\n", stats, StringComparison.Ordinal);
        Assert.EndsWith("END\r\n", stats, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1500)]
    public void Stats_longer_than_the_room_come_in_parts(int room)
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = new(new(fixture.Host, id: 9)) { Room = room };
        string replies = driver.Send("stats\r\nversion\r\n");
        Assert.StartsWith("STAT pid ", replies, StringComparison.Ordinal);
        Assert.EndsWith("END\r\nVERSION 1.6.45\r\n", replies, StringComparison.Ordinal);
        Assert.Single(Names(replies), "pid");
    }

    [Fact]
    public void Verbosity_two_logs_requests_and_replies_without_values()
    {
        using SessionFixture fixture = new(new() { Verbosity = 2 });
        fixture.Ask("set key 0 0 6\r\nsecret\r\nget key none\r\ndelete key noreply\r\nfoo\r\n");
        Assert.Equal(
            "<9 set key 0 0 6\n>9 STORED\n<9 get key none\n>9 sending key key\n>9 END\n<9 delete key noreply\n>9 NOREPLY DELETED\n<9 foo\n>9 ERROR\n",
            fixture.Log);
    }

    [Fact]
    public void Verbosity_three_logs_changes_of_state()
    {
        using SessionFixture fixture = new(new() { Verbosity = 3 });
        using SessionDriver driver = fixture.Connect();
        driver.Send("set key 0 0 6\r\nsec");
        driver.Send("ret\r\n");
        Assert.Equal("9: going from First to Data\n<9 set key 0 0 6\n>9 STORED\n9: going from Data to Line\n", fixture.Log);
    }

    [Fact]
    public void Verbosity_command_changes_the_level()
    {
        using SessionFixture fixture = new();
        Assert.Equal("OK\r\n", fixture.Ask("verbosity 9\r\n"));
        Assert.Equal(2, fixture.State.Verbosity);
        fixture.Ask("version\r\n");
        Assert.Contains("<9 version\n>9 VERSION 1.6.45\n", fixture.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shutdown\r\n", false)]
    [InlineData("shutdown graceful\r\n", true)]
    public void Shutdown_where_it_is_allowed_closes_and_tells(string input, bool graceful)
    {
        using SessionFixture fixture = new(new() { ShutdownEnabled = true });
        bool? asked = null;
        fixture.State.ShutdownRequested = value => asked = value;
        using SessionDriver driver = fixture.Connect();
        Assert.Equal(string.Empty, driver.Send(input));
        Assert.True(driver.IsClosed);
        Assert.Equal(graceful, asked);
    }

    [Fact]
    public void Shutdown_with_an_unknown_mode_is_refused()
    {
        using SessionFixture fixture = new(new() { ShutdownEnabled = true });
        Assert.Equal("CLIENT_ERROR invalid shutdown mode\r\n", fixture.Ask("shutdown now\r\n"));
    }

    private static IEnumerable<string> Names(string stats) =>
        stats.Split("\r\n").Where(line => line.StartsWith("STAT ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]);
}
