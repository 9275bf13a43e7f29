using System.Globalization;
using AotKv.Engine;

namespace AotKv.Http.Metrics;

/// <summary>Whether the server can take work.</summary>
/// <param name="State"><c>ready</c>, <c>recovering</c>, <c>stopping</c>, <c>failed</c> or <c>disk full</c>.</param>
/// <param name="Reason">Why it is not ready; null when it is.</param>
internal sealed record Readiness(string State, string? Reason)
{
    /// <summary>With less than this free on its disk, a log that still has to grow cannot do so for long.</summary>
    public const long LeastFreeBytes = 16L << 20;

    private static readonly Readiness Ready = new("ready", null);

    public bool IsReady => Reason == null;

    /// <summary>Recovered, accepting writes, not stopping, with room on the disk for what the log may still take.</summary>
    public static Readiness Of(HttpState state)
    {
        if (state.Stopping.IsCancellationRequested)
        {
            return new("stopping", "stopping");
        }

        if (state.TryStore is not { } store)
        {
            return new("recovering", "recovering");
        }

        if (store.Failure is { } failure)
        {
            return new("failed", $"the log cannot be written: {failure}");
        }

        return state.Options.DataDirectory is { } directory && DiskSpace.Of(directory) is { } disk && IsFull(store.Statistics(), disk)
            ? new("disk full", string.Create(CultureInfo.InvariantCulture, $"the disk of the data directory has {disk.FreeBytes} bytes free, and the log may have to grow"))
            : Ready;
    }

    /// <summary>A log that has all its files already needs no room: its segments are used again.</summary>
    internal static bool IsFull(in StoreStatistics figures, DiskSpace disk) =>
        disk.FreeBytes < Math.Min(LeastFreeBytes, figures.MemoryLimitBytes - figures.SegmentBytes - figures.IndexBytes);
}
