using AotKv.Perf.Scenarios;

namespace AotKv.Perf.MissRatio;

/// <summary>A stream of key numbers, as the users of a cache ask for them. The same seed gives the same stream.</summary>
internal abstract class CacheLoad
{
    /// <summary>The next key that is asked for.</summary>
    public abstract uint Next();
}

/// <summary>Keys by popularity: the k-th most popular with probability proportional to 1 / k^theta.</summary>
/// <param name="keys">How many keys.</param>
/// <param name="theta">The skew.</param>
/// <param name="seed">Of the randomness.</param>
internal sealed class ZipfLoad(uint keys, double theta, ulong seed) : CacheLoad
{
    private readonly KeySampler _sampler =
        new(new KeySpace { Count = keys, Distribution = KeyDistribution.Zipf, Theta = theta });

    private readonly SplitMix _random = new(seed);

    public override uint Next() => _sampler.Next(_random);
}

/// <summary>
/// Popularity that moves: every so many requests a key nobody asked for becomes the most popular, and all others fall by one rank.
/// </summary>
/// <param name="keys">How many keys.</param>
/// <param name="theta">The skew.</param>
/// <param name="requestsPerStep">Requests between two steps.</param>
/// <param name="seed">Of the randomness.</param>
internal sealed class DriftLoad(uint keys, double theta, int requestsPerStep, ulong seed) : CacheLoad
{
    private readonly ZipfSampler _ranks = new(keys, theta);
    private readonly SplitMix _random = new(seed);
    private long _requests;

    public override uint Next()
    {
        long step = _requests++ / requestsPerStep;
        return (uint)((keys - (step % keys) + _ranks.Next(_random)) % keys);
    }
}

/// <summary>All keys one after the other, again and again.</summary>
/// <param name="first">The first.</param>
/// <param name="keys">How many.</param>
internal sealed class LoopLoad(uint first, uint keys) : CacheLoad
{
    private uint _next;

    public override uint Next()
    {
        uint number = first + _next;
        _next = _next + 1 == keys ? 0 : _next + 1;
        return number;
    }
}

/// <summary>Two loads at once.</summary>
/// <param name="main">What most requests take.</param>
/// <param name="other">What the others take.</param>
/// <param name="otherPercent">How many others, of 100.</param>
/// <param name="seed">Of the randomness.</param>
internal sealed class MixedLoad(CacheLoad main, CacheLoad other, uint otherPercent, ulong seed) : CacheLoad
{
    private readonly SplitMix _random = new(seed);

    public override uint Next() => _random.Below(100) < otherPercent ? other.Next() : main.Next();
}
