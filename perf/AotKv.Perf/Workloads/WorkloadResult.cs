using System.Globalization;
using AotKv.Perf.Measure;

namespace AotKv.Perf.Workloads;

/// <summary>What a workload came to. One writer; merge those of several.</summary>
public sealed class WorkloadResult
{
    /// <summary>Latencies of the steps that did not fail.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Steps that did not fail.</summary>
    public long Done { get; private set; }

    /// <summary>Steps that failed.</summary>
    public long Failed { get; private set; }

    /// <summary>Keys read and found.</summary>
    public long Hits { get; private set; }

    /// <summary>Keys read and not found.</summary>
    public long Misses { get; private set; }

    /// <summary>The first failure.</summary>
    public string? FirstFailure { get; private set; }

    /// <summary>Steps that failed, of a hundred.</summary>
    public double FailPercent => Failed == 0 ? 0 : 100.0 * Failed / (Done + Failed);

    /// <summary>Keys read that were found, of a hundred; 100 when none was read.</summary>
    public double HitPercent => Hits + Misses == 0 ? 100 : 100.0 * Hits / (Hits + Misses);

    /// <summary>Counts a step.</summary>
    public void Add(in StepOutcome outcome, long nanoseconds)
    {
        Hits += outcome.Hits;
        Misses += outcome.Misses;
        if (outcome.Failure is null)
        {
            Done++;
            Latency.Record(nanoseconds);
        }
        else
        {
            Failed++;
            FirstFailure ??= outcome.Failure;
        }
    }

    /// <summary>Adds another result.</summary>
    public void Merge(WorkloadResult other)
    {
        Latency.Merge(other.Latency);
        Done += other.Done;
        Failed += other.Failed;
        Hits += other.Hits;
        Misses += other.Misses;
        FirstFailure ??= other.FirstFailure;
    }

    /// <summary>What of the limits was not kept, one sentence each; empty when all were.</summary>
    public IReadOnlyList<string> Faults(WorkloadLimits limits)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        List<string> faults = [];
        double p99 = Latency.Percentile(99) / 1e6;
        if (Done == 0)
        {
            faults.Add($"nothing was done ({FirstFailure ?? "and nothing failed"})");
        }

        if (FailPercent > limits.MaxFailPercent)
        {
            faults.Add(string.Create(plain, $"{FailPercent:F2}% failed, {limits.MaxFailPercent}% may; the first: {FirstFailure}"));
        }

        if (p99 > limits.MaxP99Milliseconds)
        {
            faults.Add(string.Create(plain, $"p99 is {p99:F1} ms, {limits.MaxP99Milliseconds} ms may be"));
        }

        if (HitPercent < limits.MinHitPercent)
        {
            faults.Add(string.Create(plain, $"{HitPercent:F1}% were found, {limits.MinHitPercent}% must be"));
        }

        return faults;
    }
}
