using System.Globalization;
using System.Net;
using AotKv.Engine;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests.Metrics;

public sealed class MetricsTests
{
    [Fact]
    public async Task Metrics_under_load_are_well_formed_and_counters_never_go_down()
    {
        using RunningDoor door = new(store: new StoreOptions { MemoryLimitBytes = 4 << 20, MaxItemBytes = 100_000 }, withMemcached: true);
        using CancellationTokenSource enough = new();
        Task[] load = [.. Enumerable.Range(0, 3).Select(n => Task.Run(() => Load(door, n, enough.Token), TestContext.Current.CancellationToken))];
        PrometheusReader? before = null;
        const string Hits = "aotkv_requests_total{command=\"get\",outcome=\"hit\"}";
        for (int i = 0; i < 30 || (before![Hits] == 0 && !load.Any(client => client.IsCompleted)); i++)
        {
            Reply reply = await door.Client.Get("/metrics");
            Assert.Equal((HttpStatusCode.OK, "text/plain; version=0.0.4; charset=utf-8"), (reply.Status, reply.Header("Content-Type")));
            PrometheusReader now = PrometheusReader.Read(reply.Body);
            if (i == 15)
            {
                using TextClient admin = new(door.Server!.EndPoints[0]);
                Assert.Equal("RESET", admin.Ask("stats reset\r\n"));
            }

            foreach ((string series, double value) in before?.Values ?? [])
            {
                string family = series.Split('{')[0];
                if (before!.Types.GetValueOrDefault(family) == "counter" || family.EndsWith("_bucket", StringComparison.Ordinal))
                {
                    Assert.True(now[series] >= value, $"{series} went from {value} to {now[series]}");
                }
            }

            before = now;
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        Assert.True(before![Hits] > 0);
        Assert.True(before["aotkv_batch_duration_seconds_count"] > 0);
        Assert.True(before["aotkv_loop_busy_seconds_total{loop=\"0\"}"] > 0);
        Assert.True(before["aotkv_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"200\"}"] > 20);
    }

    [Fact]
    public async Task Metrics_after_load_say_what_stats_says()
    {
        using RunningDoor door = new(store: new StoreOptions { MemoryLimitBytes = 4 << 20, MaxItemBytes = 100_000 }, withMemcached: true);
        using TextClient client = new(door.Server!.EndPoints[0]);
        string value = new('v', 20_000);
        for (int i = 0; i < 1000; i++)
        {
            client.Set(Name(i), value);
        }

        int hits = Enumerable.Range(0, 1000).Count(i => client.Get(Name(i)));
        Assert.InRange(hits, 1, 999);
        Assert.Equal("NOT_FOUND", client.Ask("delete nothing\r\n"));
        PrometheusReader metrics = PrometheusReader.Read((await door.Client.Get("/metrics")).Body);
        Dictionary<string, string> stats = client.Stats();

        // The store makes room on a thread of its own: what two looks at it say of one state is compared.
        await Eventually.Passes(async () =>
        {
            Dictionary<string, string> before = client.Stats();
            metrics = PrometheusReader.Read((await door.Client.Get("/metrics")).Body);
            stats = client.Stats();
            Assert.Equal((before["curr_items"], before["bytes"], before["evictions"]), (stats["curr_items"], stats["bytes"], stats["evictions"]));
        });
        foreach ((string name, string series) in new (string, string)[]
        {
            ("get_hits", "aotkv_requests_total{command=\"get\",outcome=\"hit\"}"),
            ("get_misses", "aotkv_requests_total{command=\"get\",outcome=\"miss\"}"),
            ("cmd_set", "aotkv_requests_total{command=\"set\",outcome=\"any\"}"),
            ("delete_misses", "aotkv_requests_total{command=\"delete\",outcome=\"miss\"}"),
            ("curr_items", "aotkv_items"),
            ("total_items", "aotkv_items_written_total"),
            ("bytes", "aotkv_memory_bytes{kind=\"items\"}"),
            ("hash_bytes", "aotkv_memory_bytes{kind=\"index\"}"),
            ("limit_maxbytes", "aotkv_memory_limit_bytes"),
            ("curr_connections", "aotkv_connections"),
            ("max_connections", "aotkv_connections_limit"),
            ("total_connections", "aotkv_connections_accepted_total"),
            ("threads", "aotkv_loops"),
            ("evicted_unfetched", "aotkv_evictions_total{reason=\"never_read\"}"),
        })
        {
            Assert.Equal((name, double.Parse(stats[name], CultureInfo.InvariantCulture)), (name, metrics[series]));
        }

        Assert.Equal(hits, metrics["aotkv_requests_total{command=\"get\",outcome=\"hit\"}"]);
        double evictions = metrics["aotkv_evictions_total{reason=\"never_read\"}"] + metrics["aotkv_evictions_total{reason=\"read_before\"}"];
        Assert.Equal(double.Parse(stats["evictions"], CultureInfo.InvariantCulture), evictions);
        Assert.True(evictions > 0);
        Assert.Equal(hits / 1000.0, metrics["aotkv_hit_ratio"], 12);

        // 2,001 requests, one in flight: each was a batch of its own, or more when it was received in parts. That of stats may be counted
        // only now.
        Assert.InRange(metrics["aotkv_batch_duration_seconds_count"], 2001, 100_000);
        Assert.InRange(metrics["aotkv_batch_duration_seconds_sum"], 1e-9, 3600);
    }

    [Fact]
    public async Task Metrics_of_namespaces_escape_their_names()
    {
        using RunningDoor door = new();
        const string Odd = "a\\b\"c\nd}e,f=\"g";
        StoreNamespaceWithItem(door.Store, Odd);
        Reply reply = await door.Client.Get("/metrics");
        Assert.Contains("aotkv_namespace_items{namespace=\"a\\\\b\\\"c\\nd}e,f=\\\"g\"} 1\n", reply.Body, StringComparison.Ordinal);
        Assert.Equal(1, PrometheusReader.Read(reply.Body)[$"aotkv_namespace_items{{namespace=\"{Odd}\"}}"]);
    }

    [Fact]
    public async Task Metrics_of_a_durable_store_tell_of_syncs_log_and_disk()
    {
        string folder = Directory.CreateTempSubdirectory("aotkv-metrics-").FullName;
        try
        {
            using RunningDoor door = new(
                RunningDoor.Defaults with { DataDirectory = folder },
                new StoreOptions { DataDirectory = folder, SyncMode = SyncMode.Always, MemoryLimitBytes = 16 << 20 });
            Outcome put = door.Store.Put(door.Store.Key("k"u8), new PutRequest { Value = "v"u8 });
            Assert.True(door.Store.WaitForDurable(put.Revision, TimeSpan.FromMinutes(1)));
            PrometheusReader metrics = PrometheusReader.Read((await door.Client.Get("/metrics")).Body);
            await Eventually.Passes(async () =>
            {
                metrics = PrometheusReader.Read((await door.Client.Get("/metrics")).Body);
                Assert.True(metrics["aotkv_fsync_duration_seconds_count"] >= 1);
            });
            Assert.True(metrics["aotkv_fsync_duration_seconds_sum"] > 0);
            Assert.True(metrics["aotkv_log_syncs_total"] >= 1);
            Assert.Equal(0, metrics["aotkv_log_failed"]);
            Assert.InRange(metrics["aotkv_log_size_bytes"], 1, 1L << 30);
            Assert.InRange(metrics["aotkv_disk_free_bytes"], 1, metrics["aotkv_disk_size_bytes"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Metrics_during_recovery_tell_how_far_it_is()
    {
        using HttpDoor door = HttpDoor.Start(RunningDoor.Defaults, _ => { });
        using HttpClient client = new() { BaseAddress = new Uri($"http://{door.EndPoints[0]}") };
        door.Recovery.Report(new RecoveryProgress("checking", 3, 7, 12, 100, 400, TimeSpan.FromMilliseconds(250)));
        PrometheusReader metrics = PrometheusReader.Read((await client.Get("/metrics")).Body);
        Assert.Equal((0, 3, 7), (metrics["aotkv_ready"], metrics["aotkv_recovery_segments{state=\"done\"}"], metrics["aotkv_recovery_segments{state=\"all\"}"]));
        using Store store = new(new StoreOptions());
        door.Attach(store);
        metrics = PrometheusReader.Read((await client.Get("/metrics")).Body);
        Assert.Equal(1, metrics["aotkv_ready"]);
        Assert.DoesNotContain("aotkv_recovery_segments", metrics.Types.Keys);
        door.Stop();
    }

    [Fact]
    public async Task Metrics_of_two_servers_in_one_process_do_not_mix()
    {
        using RunningDoor one = new(withMemcached: true);
        using RunningDoor two = new(withMemcached: true);
        using TextClient client = new(one.Server!.EndPoints[0]);
        client.Set("k", "v");
        Assert.Equal(1, PrometheusReader.Read((await one.Client.Get("/metrics")).Body)["aotkv_items"]);
        PrometheusReader other = PrometheusReader.Read((await two.Client.Get("/metrics")).Body);
        Assert.Equal((0, 0), (other["aotkv_items"], other["aotkv_connections_accepted_total"]));
    }

    [Fact]
    public void Disk_is_full_when_the_log_must_grow_and_has_no_room()
    {
        StoreStatistics growing = new() { MemoryLimitBytes = 64 << 20, SegmentBytes = 8 << 20 };
        StoreStatistics grown = new() { MemoryLimitBytes = 64 << 20, SegmentBytes = 62 << 20, IndexBytes = 2 << 20 };
        Assert.True(Http.Metrics.Readiness.IsFull(growing, new(1 << 20, 1L << 40)));
        Assert.False(Http.Metrics.Readiness.IsFull(growing, new(1 << 30, 1L << 40)));
        Assert.False(Http.Metrics.Readiness.IsFull(grown, new(0, 1L << 40)));
    }

    private static string Name(int i) => i.ToString("'key'00000", CultureInfo.InvariantCulture);

    private static void StoreNamespaceWithItem(Store store, string name)
    {
        Outcome put = store.Put(store.Key(store.CreateNamespace(name)!, "k"u8), new PutRequest { Value = "v"u8 });
        Assert.Equal(StoreStatus.Ok, put.Status);
    }

    private static void Load(RunningDoor door, int seed, CancellationToken enough)
    {
        Random random = new(seed);
        using TextClient client = new(door.Server!.EndPoints[0]);
        string value = new('v', 3000);
        while (!enough.IsCancellationRequested)
        {
            string key = Name(random.Next(5000));
            if (!client.Get(key))
            {
                client.Set(key, value);
            }
        }
    }
}
