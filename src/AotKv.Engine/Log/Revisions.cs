using System.Runtime.CompilerServices;

namespace AotKv.Engine.Log;

/// <summary>The store's revisions: strictly rising, and not below the wall clock in microseconds. Under the lock of the head for new writes.</summary>
internal sealed class Revisions
{
    private readonly Clock _clock;
    private ulong _last;

    public Revisions(Clock clock) => _clock = clock;

    /// <summary>The last revision given out. A glance without the lock may be a moment old.</summary>
    public ulong Last => Volatile.Read(ref _last);

    /// <summary>Draws the next revision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong now = (ulong)_clock.Microseconds;
        ulong next = _last + 1;
        return _last = now > next ? now : next;
    }

    /// <summary>Goes on behind a revision that recovery has found.</summary>
    public void StartAfter(ulong revision) => _last = Math.Max(_last, revision);
}
