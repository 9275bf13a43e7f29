using System.Globalization;
using System.Text;
using AotKv.Engine;
using AotKv.Server;

namespace AotKv;

/// <summary>
/// Says how recovery goes on, when it takes longer than a moment: a line a second in a log, a bar on a terminal. Somebody else is told
/// everything.
/// </summary>
internal sealed class RecoveryLines : IProgress<RecoveryProgress>
{
    private const int BarWidth = 24;

    private static readonly TimeSpan FirstAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BarFirstAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);

    private readonly ServerLog _log;
    private readonly Stream? _terminal;
    private readonly IProgress<RecoveryProgress>? _other;
    private readonly Lock _lock = new();
    private TimeSpan _next;
    private bool _hasBar;

    /// <param name="log">Where lines go.</param>
    /// <param name="terminal">Where the bar is drawn instead; null when nobody looks on.</param>
    /// <param name="other">Who is told everything.</param>
    public RecoveryLines(ServerLog log, Stream? terminal, IProgress<RecoveryProgress>? other)
    {
        _log = log;
        _terminal = terminal;
        _other = other;
        _next = terminal == null ? FirstAfter : BarFirstAfter;
    }

    /// <inheritdoc/>
    public void Report(RecoveryProgress value)
    {
        _other?.Report(value);
        lock (_lock)
        {
            if (value.Elapsed < _next)
            {
                return;
            }

            string left = value.Left is { } time ? $", about {Math.Ceiling(time.TotalSeconds)} s left" : string.Empty;
            string text = string.Create(
                CultureInfo.InvariantCulture, $"{value.Stage}, {value.SegmentsDone} of {value.SegmentsTotal} segments, {value.Items} items{left}");
            _next = value.Elapsed + (_terminal == null ? FirstAfter : BarInterval);
            if (_terminal == null)
            {
                _log.Line($"recovery: {text}");
                return;
            }

            _hasBar = true;
            Draw($"\rrecovery [{Bar(value)}] {text}\e[K");
        }
    }

    /// <summary>Recovery has come to its end, good or bad: takes the bar away.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_hasBar)
            {
                _hasBar = false;
                Draw("\r\e[K");
            }
        }
    }

    private static string Bar(RecoveryProgress value)
    {
        int done = value.BytesTotal <= 0 ? 0 : (int)Math.Clamp(value.Bytes * BarWidth / value.BytesTotal, 0, BarWidth);
        return new string('#', done) + new string('.', BarWidth - done);
    }

    private void Draw(string text)
    {
        try
        {
            _terminal!.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // The terminal has gone; recovery goes on without.
        }
    }
}
