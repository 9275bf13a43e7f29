namespace AotKv.Perf.Scenarios;

/// <summary>Draws key numbers as a <see cref="KeySpace"/> says.</summary>
public sealed class KeySampler
{
    // A prime above every key count, so that multiplying by it modulo the count is one to one: it scatters the popular keys.
    private const ulong Scatter = 11_400_714_819_323_198_549;

    private readonly KeySpace _keys;
    private readonly ZipfSampler? _zipf;
    private uint _next;

    /// <summary>Prepares the distribution.</summary>
    /// <param name="keys">The key space.</param>
    public KeySampler(KeySpace keys)
    {
        _keys = keys;
        _zipf = keys.Distribution == KeyDistribution.Zipf ? new ZipfSampler(keys.Count, keys.Theta) : null;
    }

    /// <summary>Draws a key number.</summary>
    /// <param name="random">Where the randomness comes from.</param>
    public uint Next(SplitMix random)
    {
        switch (_keys.Distribution)
        {
            case KeyDistribution.Zipf:
                return KeyOfRank(_zipf!.Next(random));
            case KeyDistribution.Sequential:
                uint number = _next;
                _next = number + 1 == _keys.Count ? 0 : number + 1;
                return number;
            default:
                return random.Below(_keys.Count);
        }
    }

    /// <summary>The key that has a popularity rank. One to one.</summary>
    /// <param name="rank">1 to the count.</param>
    public uint KeyOfRank(long rank) => (uint)((UInt128)(ulong)(rank - 1) * Scatter % _keys.Count);
}
