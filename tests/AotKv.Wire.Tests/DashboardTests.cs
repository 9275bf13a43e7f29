using System.Globalization;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>A dashboard made for memcached finds its figures: the names that Prometheus' memcached exporter reads, each a number.</summary>
public sealed class DashboardTests(ServerSet servers) : IClassFixture<ServerSet>
{
    private const string General =
        "uptime time get_hits get_misses delete_hits delete_misses incr_hits incr_misses decr_hits decr_misses cas_hits cas_misses touch_hits "
        + "touch_misses cas_badval cmd_flush cmd_set rusage_user rusage_system bytes limit_maxbytes curr_items total_items bytes_read bytes_written "
        + "curr_connections total_connections rejected_connections conn_yields listen_disabled_num evictions reclaimed store_too_large "
        + "store_no_memory lru_crawler_starts direct_reclaims crawler_items_checked crawler_reclaimed moves_to_cold moves_to_warm "
        + "moves_within_lru accepting_conns round_robin_fallback unexpected_napi_ids max_connections";

    private const string Items =
        "number age hits_to_hot hits_to_warm hits_to_cold hits_to_temp crawler_reclaimed evicted evicted_nonzero evicted_time evicted_unfetched "
        + "expired_unfetched outofmemory reclaimed tailrepairs mem_requested moves_to_cold moves_to_warm moves_within_lru number_hot "
        + "number_warm number_cold age_hot age_warm";

    private const string Slabs =
        "chunk_size chunks_per_page total_pages total_chunks used_chunks free_chunks free_chunks_end get_hits cmd_set delete_hits incr_hits "
        + "decr_hits cas_hits cas_badval touch_hits";

    private const string Settings =
        "maxconns lru_crawler_sleep lru_crawler_tocrawl hot_lru_pct warm_lru_pct hot_max_factor warm_max_factor item_size_max maxbytes tcpport "
        + "num_threads";

    [Fact]
    public void Every_figure_that_the_exporter_reads_is_there_and_a_number()
    {
        var server = servers.Get(ServerProgram.AotKv, "", "dashboard");
        using (var connection = new WireConnection(server.EndPoint))
        {
            connection.Write("set k 0 0 1\r\na\r\nget k\r\n");
            Assert.Null(connection.Take("STORED\r\nVALUE k 0 1\r\na\r\nEND\r\n"u8));
        }

        AssertNumbers(server, "stats", General.Split(' '));
        AssertNumbers(server, "stats items", Items.Split(' ').Select(name => "items:1:" + name));
        AssertNumbers(server, "stats slabs", [.. Slabs.Split(' ').Select(name => "1:" + name), "active_slabs", "total_malloced"]);
        AssertNumbers(server, "stats settings", Settings.Split(' '));
        Assert.Equal("1.6.45", Statistics.Of(server, "stats")["version"]);
        foreach (var name in (string[])["lru_crawler", "lru_maintainer_thread", "maxconns_fast", "cas_enabled"])
            Assert.Contains(Statistics.Of(server, "stats settings")[name], (string[])["yes", "no"]);
    }

    private static void AssertNumbers(ServerProcess server, string command, IEnumerable<string> names)
    {
        var table = Statistics.Of(server, command);
        foreach (var name in names)
        {
            Assert.True(table.TryGetValue(name, out var value), $"{command} has no {name}");
            Assert.True(double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _), $"{command}: {name} is '{value}'");
        }
    }
}
