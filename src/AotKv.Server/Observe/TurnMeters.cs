using System.Diagnostics;
using System.Globalization;
using AotKv.Engine.Measure;
using AotKv.Server.Stats;

namespace AotKv.Server.Observe;

/// <summary>The meters of all loops. They stay as long as the server, as loops do.</summary>
internal sealed class TurnMeters
{
    private readonly Lock _lock = new();
    private readonly TimeHistogram _shared = new();
    private TurnMeter[] _loops = []; // replaced under the lock

    /// <summary>The meters of the loops; empty for a transport without loops.</summary>
    public IReadOnlyList<TurnMeter> Loops => Volatile.Read(ref _loops);

    /// <summary>The slowest turns of late.</summary>
    public SlowList Slow { get; } = new();

    /// <summary>Makes the meter of a new loop.</summary>
    public TurnMeter Create(int loop, CounterBlock counters)
    {
        TurnMeter meter = new(this, loop, counters);
        lock (_lock)
        {
            _loops = [.. _loops, meter];
        }

        return meter;
    }

    /// <summary>For connections without a loop: something that was received has been answered.</summary>
    /// <param name="began">When it was received, a timestamp of <see cref="Stopwatch"/>.</param>
    public void AddShared(long began)
    {
        long took = (long)Stopwatch.GetElapsedTime(began).TotalNanoseconds;
        _shared.AddShared(took);
    }

    /// <summary>All times, of all loops.</summary>
    public void AddTo(Span<long> counts, ref long sumNanoseconds)
    {
        _shared.AddTo(counts, ref sumNanoseconds);
        foreach (TurnMeter loop in Loops)
        {
            loop.Times.AddTo(counts, ref sumNanoseconds);
        }
    }

    /// <summary>Notes a turn that is among the slowest of late: rare, so it may allocate.</summary>
    public void AddSlow(long nanoseconds, int loop, ReadOnlySpan<long> before, CounterBlock counters)
    {
        Span<long> now = stackalloc long[(int)Counter.Count];
        counters.CopyTo(now);
        for (int i = 0; i < now.Length; i++)
        {
            now[i] -= before[i];
        }

        long gets = now[(int)Counter.GetHits] + now[(int)Counter.GetMisses];
        long sets = now[(int)Counter.CmdSet];
        string what = string.Create(CultureInfo.InvariantCulture, $"turn of loop {loop}: connections {now[(int)Counter.Receives]}, gets {gets}, sets {sets}");
        long at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Slow.Add(new(at, nanoseconds, "memcached", what, now[(int)Counter.BytesWritten]));
    }
}
