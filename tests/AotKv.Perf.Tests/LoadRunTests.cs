using AotKv.Perf.Driver;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Tests;

/// <summary>The whole load generator against a server in this process.</summary>
public sealed class LoadRunTests
{
    private static readonly Scenario Small = new()
    {
        Name = "test",
        Steps = [new(StepKind.Get, 50), new(StepKind.Get, 10, 7), new(StepKind.Set, 30), new(StepKind.Delete, 10)],
        Keys = new KeySpace { Count = 500 },
        Values = ValueSizes.TryParse("1-300:9,20000:1", out ValueSizes sizes) ? sizes : ValueSizes.Fixed(1),
        ClientFlags = 3,
    };

    [Theory]
    [InlineData(false, false, 1, false)]
    [InlineData(false, false, 16, false)]
    [InlineData(false, false, 16, true)]
    [InlineData(false, true, 4, false)]
    [InlineData(true, false, 4, true)]
    public void Execute_answers_every_request_and_verifies_every_value(bool unixSocket, bool portable, int depth, bool sliding)
    {
        using var server = new TestServer(unixSocket);
        LoadResult result = LoadRun.Execute(Options(server) with
        {
            Connections = 3,
            Depth = depth,
            SlidingWindow = sliding,
            PortableNetwork = portable,
            Requests = 5000,
            Verify = true,
        });

        Tally tally = result.Tally;
        Assert.Equal(5000, tally.Requests);
        Assert.Equal(5000, result.Latency.Count);
        Assert.Equal(0, tally.Errors);
        Assert.Equal(tally.Hits, tally.VerifiedValues);
        Assert.True(tally.Hits > 1000 && tally.Misses > 0, $"{tally.Hits} hits, {tally.Misses} misses");
        Assert.True(tally.Stored > 1000 && tally.Deleted > 0, $"{tally.Stored} stored, {tally.Deleted} deleted");
        Assert.Equal(500 + 5000, server.Requests); // every key was stored once before
    }

    [Fact]
    public void Execute_with_several_threads_shares_the_connections_out()
    {
        using var server = new TestServer();
        LoadResult result = LoadRun.Execute(Options(server) with { Connections = 5, Threads = 2, Requests = 3001, Verify = true });
        Assert.Equal(3001, result.Tally.Requests);
        Assert.Equal(3001, result.Latency.Count);
    }

    [Fact]
    public void Execute_against_a_server_that_corrupts_values_fails_when_verifying()
    {
        using var server = new TestServer { Corrupt = true };
        LoadOptions options = Options(server) with { Requests = 1000 };
        Assert.Throws<ReplyException>(() => LoadRun.Execute(options with { Verify = true }));
        Assert.Equal(1000, LoadRun.Execute(options).Tally.Requests);
    }

    [Fact]
    public void Execute_against_a_server_that_closes_fails()
    {
        using var server = new TestServer { CloseAt = 700 };
        LoadOptions options = Options(server) with { Requests = 1000 };
        Assert.Contains("closed", Assert.Throws<ReplyException>(() => LoadRun.Execute(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_of_an_open_loop_charges_a_stall_to_every_request_that_was_due_meanwhile()
    {
        // 1,000 requests a second, and the server sleeps once for 400 ms. A generator that waits for its reply before it sends the
        // next request would see one slow request; of those that were due in the first 200 ms of the stall each took 200 ms or more.
        using var server = new TestServer { StallAt = 500 + 300, Stall = TimeSpan.FromMilliseconds(400) };
        LoadResult result = LoadRun.Execute(Options(server) with
        {
            Scenario = Small with { Steps = [new(StepKind.Get, 1)], Values = ValueSizes.Fixed(10) },
            Connections = 1,
            Rate = 1000,
            Requests = 1000,
            Seconds = 20,
            WarmUpSeconds = 0,
        });
        Assert.True(result.Latency.Max >= 400_000_000, $"max {result.Latency.Max}");
        Assert.True(result.Latency.Percentile(85) >= 200_000_000 * 0.99, $"p85 {result.Latency.Percentile(85)}");
        Assert.Equal(result.Latency.Count, result.Tally.Requests);
    }

    private static LoadOptions Options(TestServer server) => new()
    {
        Target = server.Target,
        Scenario = Small,
        Connections = 2,
        WarmUpSeconds = 0,
        Seconds = 60,
    };
}
