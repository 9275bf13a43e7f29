namespace AotKv.Engine;

/// <summary>
/// The store's notion of wall-clock time, in microseconds since 1970 (UTC). Reading it is one load; somebody who does work
/// in turns (an event loop, the store's own maintenance) calls <see cref="Refresh"/> once per turn.
/// </summary>
public class Clock
{
    private long _microseconds;

    /// <summary>Starts at the system's time.</summary>
    public Clock() => _microseconds = SystemMicroseconds();

    /// <summary>Microseconds since 1970 (UTC) at the last refresh; never goes back.</summary>
    public long Microseconds => Volatile.Read(ref _microseconds);

    /// <summary>Milliseconds since 1970 (UTC) at the last refresh: the unit of expiry times.</summary>
    public long Milliseconds => Microseconds / 1000;

    /// <summary>Whole seconds since 1970 (UTC) at the last refresh: the unit of memcached's clock.</summary>
    public long Seconds => Microseconds / 1_000_000;

    /// <summary>Takes over the present time. A clock that went back is ignored until it has caught up.</summary>
    /// <returns>The time taken over, microseconds since 1970.</returns>
    public long Refresh()
    {
        long now = Read();
        long seen = Volatile.Read(ref _microseconds);
        while (now > seen)
        {
            long before = Interlocked.CompareExchange(ref _microseconds, now, seen);
            if (before == seen)
            {
                return now;
            }

            seen = before;
        }

        return seen;
    }

    /// <summary>Reads the time that <see cref="Refresh"/> takes over; a test's clock overrides it.</summary>
    /// <returns>Microseconds since 1970 (UTC).</returns>
    protected virtual long Read() => SystemMicroseconds();

#pragma warning disable RS0030 // The one place of this room that reads the system's clock.
    private static long SystemMicroseconds() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
#pragma warning restore RS0030
}
