using System.Collections.Concurrent;
using AotKv.Perf.Workloads;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using NBomberStep = NBomber.CSharp.Step;
using WorkloadStep = AotKv.Perf.Scenarios.Step;

namespace AotKv.NBomber;

/// <summary>A workload as an NBomber scenario: a copy of the scenario is a user, an iteration is one of the user's steps.</summary>
internal static class WorkloadScenario
{
    private const string Found = "found";
    private const string Missed = "missed";

    /// <summary>Makes the scenario, with the workload's limits as thresholds.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="servers">Its servers, already running.</param>
    /// <param name="warmUp">How long the users run before the measurement; zero for not at all.</param>
    /// <param name="duration">How long it takes.</param>
    public static ScenarioProps Create(Workload workload, WorkloadServers servers, TimeSpan warmUp, TimeSpan duration)
    {
        var nodes = new NodeSet(servers.Targets);
        var users = new ConcurrentDictionary<int, WorkloadUser>();
        var lossBegan = 0;

        ScenarioProps scenario = Scenario.Create(workload.Name, async context =>
        {
            // The time after which a node is lost begins with the measurement, not with the warm-up.
            if (context.ScenarioInfo.ScenarioOperation == ScenarioOperation.Bombing && Interlocked.Exchange(ref lossBegan, 1) == 0)
            {
                servers.Begin(duration);
            }

            int number = context.ScenarioInfo.InstanceNumber;
            WorkloadUser user = users.GetOrAdd(number, _ => new WorkloadUser(workload, nodes, (ulong)number + 1));
            WorkloadStep step = user.Draw();
            return await NBomberStep.Run(step.Kind.ToString(), context, async () =>
            {
                StepOutcome outcome = await user.RunAsync(step, context.ScenarioCancellationToken).ConfigureAwait(false);
                return outcome.Failure is null
                    ? Response.Ok(statusCode: Status(outcome), sizeBytes: outcome.Bytes)
                    : Response.Fail(statusCode: "failed", message: outcome.Failure, sizeBytes: outcome.Bytes);
            }).ConfigureAwait(false);
        });

        scenario = scenario
            .WithInit(_ =>
            {
                WorkloadRunner.Populate(workload, servers.Targets);
                return Task.CompletedTask;
            })
            .WithClean(_ =>
            {
                foreach (WorkloadUser user in users.Values)
                {
                    user.Dispose();
                }

                users.Clear();
                return Task.CompletedTask;
            })
            .WithLoadSimulations(Simulation.KeepConstant(copies: workload.Users, during: duration))
            .WithMaxFailCount(int.MaxValue) // the thresholds judge, and a node that is lost makes many
            .WithThresholds(Thresholds(workload.Limits));
        return warmUp == TimeSpan.Zero ? scenario.WithoutWarmUp() : scenario.WithWarmUpDuration(warmUp);
    }

    private static Threshold[] Thresholds(WorkloadLimits limits) =>
    [
        Threshold.Create(new Func<ScenarioStats, bool>(stats => FailPercent(stats) <= limits.MaxFailPercent)),
        Threshold.Create(new Func<ScenarioStats, bool>(stats => stats.Ok.Latency.Percent99 <= limits.MaxP99Milliseconds)),
        Threshold.Create(new Func<ScenarioStats, bool>(stats => FoundPercent(stats) >= limits.MinHitPercent)),
    ];

    // NBomber's own percentages are whole numbers.
    private static double FailPercent(ScenarioStats stats) =>
        stats.AllRequestCount == 0 ? 0 : 100.0 * stats.AllFailCount / stats.AllRequestCount;

    private static double FoundPercent(ScenarioStats stats)
    {
        double found = Count(stats, Found);
        double missed = Count(stats, Missed);
        return found + missed == 0 ? 100 : 100.0 * found / (found + missed);
    }

    private static int Count(ScenarioStats stats, string status) =>
        stats.StepStats.SelectMany(step => step.Ok.StatusCodes).Where(code => code.StatusCode == status).Sum(code => code.Count);

    private static string Status(in StepOutcome outcome) => outcome.Misses > 0 ? Missed : outcome.Hits > 0 ? Found : "done";
}
