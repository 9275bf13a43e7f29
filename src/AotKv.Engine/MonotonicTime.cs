using System.Diagnostics;

namespace AotKv.Engine;

/// <summary>Time that only goes forward, for deadlines.</summary>
internal static class MonotonicTime
{
    /// <summary>Milliseconds since some moment before the start.</summary>
    public static long Milliseconds => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000);
}
