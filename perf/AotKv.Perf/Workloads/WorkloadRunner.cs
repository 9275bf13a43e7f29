using AotKv.Perf.Driver;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Workloads;

/// <summary>Runs a workload without any other tool: every user is a task that does one step after the other.</summary>
public static class WorkloadRunner
{
    /// <summary>Runs it for a time.</summary>
    /// <param name="workload">What.</param>
    /// <param name="targets">The servers, as many as the workload has nodes.</param>
    /// <param name="duration">How long.</param>
    /// <param name="seed">Of what the users draw.</param>
    /// <returns>What came of it.</returns>
    public static async Task<WorkloadResult> RunAsync(Workload workload, IReadOnlyList<Target> targets, TimeSpan duration, ulong seed = 1)
    {
        Populate(workload, targets);
        var nodes = new NodeSet(targets);
        using var end = new CancellationTokenSource(duration);
        Task<WorkloadResult>[] users =
        [
            .. Enumerable.Range(0, workload.Users)
                .Select(index => Task.Run(() => ServeAsync(workload, nodes, SplitMix.Mix(seed + (ulong)index), end.Token))),
        ];
        var result = new WorkloadResult();
        foreach (WorkloadResult part in await Task.WhenAll(users).ConfigureAwait(false))
        {
            result.Merge(part);
        }

        return result;
    }

    /// <summary>Stores every key, if the workload wants that.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="targets">The servers: all get all keys.</param>
    public static void Populate(Workload workload, IReadOnlyList<Target> targets)
    {
        if (workload.Populate)
        {
            WireProtocol protocol = WireProtocol.Find(WireProtocol.Classic)!;
            foreach (Target target in targets)
            {
                protocol.Populate(
                    new LoadOptions { Target = target, Scenario = workload.Scenario }, new Wire.TapeWriter(workload.Scenario, protocol.Encoder));
            }
        }
    }

    private static async Task<WorkloadResult> ServeAsync(Workload workload, NodeSet nodes, ulong seed, CancellationToken end)
    {
        using var user = new WorkloadUser(workload, nodes, seed);
        var result = new WorkloadResult();
        try
        {
            while (!end.IsCancellationRequested)
            {
                Step step = user.Draw();
                long before = Nanoseconds.Now();
                StepOutcome outcome = await user.RunAsync(step, end).ConfigureAwait(false);
                result.Add(outcome, Nanoseconds.Now() - before);
                if (outcome.Failure != null)
                {
                    await Task.Delay(1, end).ConfigureAwait(false); // who fails at once must not spin
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over; the step that was under way does not count.
        }

        return result;
    }
}
