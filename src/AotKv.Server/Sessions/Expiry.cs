namespace AotKv.Server.Sessions;

/// <summary>What memcached's expiry times mean (fact: realtime() of memcached; protocol.txt, "Expiration times").</summary>
internal static class Expiry
{
    /// <summary>The largest number that is taken as seconds from now: 30 days.</summary>
    public const int MaxRelativeSeconds = 60 * 60 * 24 * 30;

    /// <summary>A moment that has passed on every clock: stores an item nobody sees.</summary>
    private const long Passed = 1;

    /// <summary>
    /// Turns an expiry time as sent into a moment: 0 never; 1 to 30 days seconds from now, to the millisecond; more is an
    /// absolute unix time in seconds; negative is already over.
    /// </summary>
    /// <param name="exptime">As sent.</param>
    /// <param name="nowMilliseconds">Milliseconds since 1970.</param>
    /// <returns>Milliseconds since 1970, or 0 for never.</returns>
    public static long ToMilliseconds(int exptime, long nowMilliseconds) => exptime switch
    {
        0 => 0,
        < 0 => Passed,
        <= MaxRelativeSeconds => nowMilliseconds + (exptime * 1000L),
        _ => exptime * 1000L,
    };

    /// <summary>When a flush takes effect: at once for none, 0 and negative, otherwise by the rules above.</summary>
    /// <param name="exptime">As sent.</param>
    /// <param name="nowMilliseconds">Milliseconds since 1970.</param>
    /// <returns>Microseconds since 1970; 0 now.</returns>
    public static long ToFlushMicroseconds(int exptime, long nowMilliseconds) =>
        exptime <= 0 ? 0 : ToMilliseconds(exptime, nowMilliseconds) * 1000;
}
