namespace AotKv.Engine;

/// <summary>
/// The store's notion of wall-clock time (UTC). Reading it is one load; somebody who does work in turns (an event loop, the
/// store's own maintenance) calls <see cref="Refresh"/> once per turn.
/// </summary>
public class Clock
{
    private long _microseconds;
    private long _milliseconds;

    /// <summary>Starts at the system's time.</summary>
    public Clock() => _ = Publish(SystemMicroseconds());

    /// <summary>Microseconds since 1970 (UTC) at the last refresh. Follows the system's clock, also when that is set back.</summary>
    public long Microseconds => Volatile.Read(ref _microseconds);

    /// <summary>Milliseconds since 1970 (UTC) at the last refresh: the unit of expiry times.</summary>
    public long Milliseconds => Volatile.Read(ref _milliseconds);

    /// <summary>Whole seconds since 1970 (UTC) at the last refresh: the unit of memcached's clock.</summary>
    public long Seconds => Milliseconds / 1000;

    /// <summary>Takes over the present time.</summary>
    /// <returns>The time taken over, microseconds since 1970.</returns>
    public long Refresh() => Publish(Read());

    /// <summary>Reads the time that <see cref="Refresh"/> takes over; a test's clock overrides it.</summary>
    /// <returns>Microseconds since 1970 (UTC).</returns>
    protected virtual long Read() => SystemMicroseconds();

#pragma warning disable RS0030 // The one place of this room that reads the system's clock.
    private static long SystemMicroseconds() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
#pragma warning restore RS0030

    private long Publish(long now)
    {
        Volatile.Write(ref _microseconds, now);
        Volatile.Write(ref _milliseconds, now / 1000);
        return now;
    }
}
