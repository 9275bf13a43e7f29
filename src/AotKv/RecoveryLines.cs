using AotKv.Engine;
using AotKv.Server;

namespace AotKv;

/// <summary>Says how recovery goes on, when it takes longer than a moment: a line a second. Somebody else is told everything.</summary>
internal sealed class RecoveryLines : IProgress<RecoveryProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ServerLog _log;
    private readonly IProgress<RecoveryProgress>? _other;
    private readonly Lock _lock = new();
    private TimeSpan _next = Interval;

    public RecoveryLines(ServerLog log, IProgress<RecoveryProgress>? other)
    {
        _log = log;
        _other = other;
    }

    /// <inheritdoc/>
    public void Report(RecoveryProgress value)
    {
        _other?.Report(value);
        lock (_lock)
        {
            if (value.Elapsed >= _next)
            {
                _next = value.Elapsed + Interval;
                string left = value.Left is { } time ? $", about {Math.Ceiling(time.TotalSeconds)} s left" : string.Empty;
                _log.Line($"recovery: {value.Stage}, {value.SegmentsDone} of {value.SegmentsTotal} segments, {value.Items} items{left}");
            }
        }
    }
}
