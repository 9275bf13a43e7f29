using System.Diagnostics;
using AotKv.Engine.Measure;
using AotKv.Server.Stats;

namespace AotKv.Server.Observe;

/// <summary>
/// How long a loop works: from the moment it is told that something arrived until the replies are sent. One reading of the clock at the
/// begin, one for up to eight connections answered together, and one at the end if something came after: nothing for each request. The
/// loop alone writes.
/// </summary>
internal sealed class TurnMeter
{
    private static readonly long NanosecondsPerTick = Math.Max(1, 1_000_000_000 / Stopwatch.Frequency);

    private readonly TurnMeters _all;
    private readonly CounterBlock _counters;
    private readonly long[] _before = new long[(int)Counter.Count];
    private long _began;
    private long _last;
    private long _busyNanoseconds;

    public TurnMeter(TurnMeters all, int loop, CounterBlock counters)
    {
        _all = all;
        _counters = counters;
        Loop = loop;
    }

    public int Loop { get; }

    public TimeHistogram Times { get; } = new();

    /// <summary>How long the loop has worked in all. Any thread.</summary>
    public long BusyNanoseconds => Volatile.Read(ref _busyNanoseconds);

    /// <summary>The loop was woken.</summary>
    public void Begin() => _last = _began = Stopwatch.GetTimestamp();

    /// <summary>The replies to what arrived on some connections were sent.</summary>
    public void Sent(int connections)
    {
        _last = Stopwatch.GetTimestamp();
        Times.Add((_last - _began) * NanosecondsPerTick, connections);
    }

    /// <summary>The loop goes back to sleep.</summary>
    /// <param name="hasWorked">Something was done since the last reply was sent.</param>
    public void End(bool hasWorked)
    {
        if (hasWorked || _last == _began)
        {
            _last = Stopwatch.GetTimestamp();
        }

        long took = (_last - _began) * NanosecondsPerTick;
        Volatile.Write(ref _busyNanoseconds, _busyNanoseconds + took);
        if (took > _all.Slow.FloorNanoseconds)
        {
            _all.AddSlow(took, Loop, _before, _counters);
        }

        _counters.CopyTo(_before);
    }
}
