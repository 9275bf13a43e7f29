using System.Diagnostics;

namespace AotKv.Perf.Measure;

/// <summary>The monotonic clock in nanoseconds.</summary>
public static class Nanoseconds
{
    private static readonly double PerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>Now, from an arbitrary start.</summary>
    public static long Now() => Stopwatch.Frequency == 1_000_000_000
        ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * PerTick);
}
