using AotKv.Perf.Cli;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.MissRatio;

/// <summary>The loads that are compared, by name, and the sizes of their values.</summary>
internal static class CacheLoads
{
    /// <summary>Lengths of values, bytes: mostly small, some of a few kilobytes.</summary>
    public static ValueSizes Sizes { get; } = ValueSizes.TryParse("50-500:80,500-4000:20", out ValueSizes sizes) ? sizes : ValueSizes.Fixed(500);

    /// <summary>The seed that is used unless another is asked for.</summary>
    public const ulong UsualSeed = 0xCAC4E;

    private static readonly (string Name, string Description, Func<uint, long, ulong, CacheLoad> Make)[] All =
    [
        ("zipf0.8", "Zipf 0.8", (keys, _, seed) => new ZipfLoad(keys, 0.8, seed)),
        ("zipf0.9", "Zipf 0.9", (keys, _, seed) => new ZipfLoad(keys, 0.9, seed)),
        ("zipf1.0", "Zipf 1.0", (keys, _, seed) => new ZipfLoad(keys, 1.0, seed)),
        ("zipf1.1", "Zipf 1.1", (keys, _, seed) => new ZipfLoad(keys, 1.1, seed)),
        ("scan", "Zipf 1.0, a tenth of the requests walk through a million other keys",
            (keys, _, seed) => new MixedLoad(new ZipfLoad(keys, 1.0, seed), new LoopLoad(keys, 1_000_000), 10, seed + 1)),
        ("onehit", "Zipf 1.0, a tenth of the requests for keys that never come again",
            (keys, _, seed) => new MixedLoad(new ZipfLoad(keys, 1.0, seed), new LoopLoad(keys, uint.MaxValue - keys), 10, seed + 1)),
        ("drift", "Zipf 1.0, every 400 requests a new key becomes the most popular", (keys, _, seed) => new DriftLoad(keys, 1.0, 400, seed)),
        ("fastdrift", "the same, every 40 requests", (keys, _, seed) => new DriftLoad(keys, 1.0, 40, seed)),
        ("loop", "one and a half times the memory, over and over", (_, memory, _) => new LoopLoad(0, (uint)(memory * 1.5 / Sizes.MeanBytes))),
    ];

    /// <summary>All names, with commas.</summary>
    public static string Names => string.Join(',', Array.ConvertAll(All, load => load.Name));

    /// <summary>What a load is, in words.</summary>
    public static string Describe(string name) => Find(name).Description;

    /// <summary>Starts a load.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="keys">How many keys it has, where it has a fixed number.</param>
    /// <param name="memoryBytes">The cache's memory.</param>
    /// <param name="seed">Of the randomness.</param>
    public static CacheLoad Start(string name, uint keys, long memoryBytes, ulong seed) => Find(name).Make(keys, memoryBytes, seed);

    /// <summary>The length of a key's value: always the same for the key.</summary>
    public static int ValueBytes(uint key) => Sizes.Next(new SplitMix(SplitMix.Mix(key)));

    private static (string Name, string Description, Func<uint, long, ulong, CacheLoad> Make) Find(string name)
    {
        foreach ((string Name, string Description, Func<uint, long, ulong, CacheLoad> Make) load in All)
        {
            if (load.Name == name)
            {
                return load;
            }
        }

        throw new UsageException($"there is no load '{name}': {Names}");
    }
}
