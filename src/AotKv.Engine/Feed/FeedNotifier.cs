using System.Runtime.CompilerServices;
using AotKv.Engine.Log;

namespace AotKv.Engine.Feed;

/// <summary>
/// Wakes readers of the feed. A write costs a glance at one word; only a reader that is about to sleep pays for a barrier, which every
/// core of the process passes. So either the writer sees that somebody waits, or the reader sees what was written.
/// </summary>
internal sealed class FeedNotifier
{
    private readonly Revisions _revisions;
    private readonly object _gate = new();
    private long _wakes; // gate
    private int _armed;

    public FeedNotifier(Revisions revisions) => _revisions = revisions;

    /// <summary>Something was written, and its lock left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Written()
    {
        if (Volatile.Read(ref _armed) != 0)
        {
            Wake();
        }
    }

    /// <summary>Waits until a revision beyond one was given out.</summary>
    /// <returns>False when the time was up.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool Wait(ulong seen, TimeSpan timeout, CancellationToken cancellation)
    {
        long deadline = timeout < TimeSpan.Zero ? long.MaxValue : MonotonicTime.Milliseconds + (long)Math.Min(timeout.TotalMilliseconds, int.MaxValue);
        using CancellationTokenRegistration registration = cancellation.Register(static notifier => ((FeedNotifier)notifier!).PulseAll(), this);
        for (; ; )
        {
            long wakes;
            lock (_gate)
            {
                wakes = _wakes;
            }

            Volatile.Write(ref _armed, 1);
            Interlocked.MemoryBarrierProcessWide();
            if (_revisions.Last != seen)
            {
                return true;
            }

            cancellation.ThrowIfCancellationRequested();
            long left = Math.Min(deadline - MonotonicTime.Milliseconds, int.MaxValue);
            if (left <= 0)
            {
                return false;
            }

            lock (_gate)
            {
                if (_wakes == wakes)
                {
                    _ = Monitor.Wait(_gate, (int)left);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wake()
    {
        if (Interlocked.Exchange(ref _armed, 0) != 0)
        {
            PulseAll();
        }
    }

    private void PulseAll()
    {
        lock (_gate)
        {
            _wakes++;
            Monitor.PulseAll(_gate);
        }
    }
}
