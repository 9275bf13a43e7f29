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
    /// <param name="exptime">As sent: 32 bits with a sign in the text protocols, without one in the binary protocol.</param>
    /// <param name="nowMilliseconds">Milliseconds since 1970.</param>
    /// <returns>Milliseconds since 1970, or 0 for never.</returns>
    public static long ToMilliseconds(long exptime, long nowMilliseconds) => exptime switch
    {
        0 => 0,
        < 0 => Passed,
        <= MaxRelativeSeconds => nowMilliseconds + (exptime * 1000),
        _ => exptime * 1000,
    };

    /// <summary>When a flush takes effect: at once for none, 0 and negative, otherwise by the rules above.</summary>
    /// <param name="exptime">As sent.</param>
    /// <param name="nowMilliseconds">Milliseconds since 1970.</param>
    /// <returns>Microseconds since 1970; 0 now.</returns>
    public static long ToFlushMicroseconds(long exptime, long nowMilliseconds) =>
        exptime <= 0 ? 0 : ToMilliseconds(exptime, nowMilliseconds) * 1000;

    /// <summary>
    /// What is left until an item expires, in seconds as memcached counts them: one that was just given 50 seconds has 50.
    /// </summary>
    /// <param name="expiryMilliseconds">Milliseconds since 1970, 0 for never.</param>
    /// <param name="nowMilliseconds">Milliseconds since 1970.</param>
    /// <returns>0 or more; -1 for never.</returns>
    public static long SecondsLeft(long expiryMilliseconds, long nowMilliseconds) =>
        expiryMilliseconds == 0 ? -1 : Math.Max(0, expiryMilliseconds - nowMilliseconds + 999) / 1000;

    /// <summary>
    /// How little must be left until an item expires for a client to win the right to recache it: fewer whole seconds than it says.
    /// </summary>
    /// <param name="recacheTime">As sent, by the rules above.</param>
    /// <param name="nowMilliseconds">Milliseconds since 1970.</param>
    /// <returns>Milliseconds that are too many; 0 when no client wins.</returns>
    public static long ToRecacheMilliseconds(long recacheTime, long nowMilliseconds) =>
        recacheTime <= 0 ? 0 : Math.Max(0, ToMilliseconds(recacheTime, nowMilliseconds) - nowMilliseconds - 999);
}
