using AotKv.Perf.Net;
using AotKv.Perf.Workloads;

namespace AotKv.Perf.Tests;

/// <summary>Every workload, small and short, with the project's own runner against servers in this process. No times are asserted.</summary>
public sealed class WorkloadTests
{
    public static TheoryData<string> Names => [.. StandardWorkloads.All.Where(workload => !workload.LosesNode).Select(workload => workload.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_of_a_workload_does_its_steps_without_a_failure(string name)
    {
        Workload workload = Small(StandardWorkloads.Find(name)!);
        using var server = new TestServer();
        WorkloadResult result = await WorkloadRunner.RunAsync(workload, [server.Target], TimeSpan.FromSeconds(0.5));
        Assert.True(result.Failed == 0, result.FirstFailure);
        Assert.True(result.Done > 0, "nothing was done");
        Assert.Equal(result.Done, result.Latency.Count);
        Assert.True(workload.OriginMilliseconds == 0 || result.Misses > 0, "an origin that was never asked");
        Assert.True(result.HitPercent > 0, "nothing was found");
    }

    [Fact]
    public async Task Run_with_a_node_that_is_lost_goes_on_with_the_other()
    {
        Workload workload = Small(StandardWorkloads.Find("failover")!);
        using var first = new TestServer();
        var second = new TestServer();
        Task<WorkloadResult> run = WorkloadRunner.RunAsync(workload, [first.Target, second.Target], TimeSpan.FromSeconds(4));
        while (second.Requests < 20 && !run.IsCompleted)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        second.Dispose();
        long before = first.Requests;
        WorkloadResult result = await run;
        Assert.True(result.Failed > 0, "losing a node was not noticed");
        Assert.True(first.Requests > before && result.Done > result.Failed, $"{result.Done} done, {result.Failed} failed");
    }

    [Fact]
    public async Task Run_against_a_server_that_corrupts_values_fails()
    {
        using var server = new TestServer { Corrupt = true };
        WorkloadResult result = await WorkloadRunner.RunAsync(
            Small(StandardWorkloads.Find("read-heavy")!), [server.Target], TimeSpan.FromSeconds(0.3));
        Assert.True(result.Failed > 0, "nobody looked at the values");
        Assert.Contains(result.Faults(new WorkloadLimits(0, 1e9, 0)), fault => fault.Contains("failed", StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_names_every_limit_that_was_not_kept()
    {
        var result = new WorkloadResult();
        result.Add(new StepOutcome(10, Hits: 1, Misses: 1, Failure: null), nanoseconds: 20_000_000);
        result.Add(new StepOutcome(0, 0, 0, "broken"), nanoseconds: 1);
        Assert.Empty(result.Faults(new WorkloadLimits(50, 20.5, 50)));
        Assert.Equal(3, result.Faults(new WorkloadLimits(49, 10, 51)).Count);
    }

    [Fact]
    public void NodeOf_a_key_goes_round_nodes_that_are_down()
    {
        var nodes = new NodeSet([Target.Parse("127.0.0.1:1")!, Target.Parse("127.0.0.1:2")!]);
        Assert.Equal((0, 1), (nodes.NodeOf(4), nodes.NodeOf(5)));
        nodes.MarkDown(1);
        Assert.Equal((0, 0), (nodes.NodeOf(4), nodes.NodeOf(5)));
    }

    private static Workload Small(Workload workload) => workload with
    {
        Users = 3,
        OriginMilliseconds = Math.Min(1, workload.OriginMilliseconds),
        Scenario = workload.Scenario with { Keys = workload.Scenario.Keys with { Count = Math.Min(50, workload.Scenario.Keys.Count) } },
    };
}
