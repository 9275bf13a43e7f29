namespace AotKv.Engine.Measure;

/// <summary>Something that took long.</summary>
/// <param name="AtMilliseconds">When it ended, milliseconds since 1970.</param>
/// <param name="Nanoseconds">How long it took.</param>
/// <param name="Door">Where it came in: <c>memcached</c> or <c>http</c>.</param>
/// <param name="What">What it was, without keys or values.</param>
/// <param name="Bytes">Bytes of the reply, when known; 0 otherwise.</param>
public sealed record SlowRequest(long AtMilliseconds, long Nanoseconds, string Door, string What, long Bytes);
