using System.Diagnostics;

namespace AotKv.Engine.Recovery;

/// <summary>Passes progress on, ten times a second at most.</summary>
internal sealed class RecoveryReporter
{
    private static readonly long Interval = Stopwatch.Frequency / 10;

    private readonly IProgress<RecoveryProgress>? _progress;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly int _segments;
    private readonly long _bytes;
    private long _next;

    public RecoveryReporter(IProgress<RecoveryProgress>? progress, LogFiles files)
    {
        _progress = progress;
        _segments = files.Files.Count;
        _bytes = files.Bytes;
    }

    /// <summary>Something was done.</summary>
    public void Report(string stage, int segmentsDone, long items, long bytes, bool final = false)
    {
        if (_progress == null || _segments == 0)
        {
            return;
        }

        long now = Stopwatch.GetTimestamp();
        long next = Volatile.Read(ref _next);
        if (final || (now >= next && Interlocked.CompareExchange(ref _next, now + Interval, next) == next))
        {
            _progress.Report(new RecoveryProgress(stage, segmentsDone, _segments, items, bytes, _bytes, Stopwatch.GetElapsedTime(_started, now)));
        }
    }
}
