using AotKv.Perf.Cli;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.MissRatio;

/// <summary>The loads that are compared, by name, and the sizes of their values.</summary>
internal static class CacheLoads
{
    /// <summary>Lengths of values, bytes: mostly small, some of a few kilobytes.</summary>
    public static ValueSizes Sizes { get; } = ValueSizes.TryParse("50-500:80,500-4000:20", out ValueSizes sizes) ? sizes : ValueSizes.Fixed(500);

    private const ulong Seed = 0xCAC4E;

    private static readonly (string Name, string Description, Func<uint, long, CacheLoad> Make)[] All =
    [
        ("zipf0.8", "Zipf 0.8", (keys, _) => new ZipfLoad(keys, 0.8, Seed)),
        ("zipf0.9", "Zipf 0.9", (keys, _) => new ZipfLoad(keys, 0.9, Seed)),
        ("zipf1.0", "Zipf 1.0", (keys, _) => new ZipfLoad(keys, 1.0, Seed)),
        ("zipf1.1", "Zipf 1.1", (keys, _) => new ZipfLoad(keys, 1.1, Seed)),
        ("scan", "Zipf 1.0, a tenth of the requests walk through a million other keys",
            (keys, _) => new MixedLoad(new ZipfLoad(keys, 1.0, Seed), new LoopLoad(keys, 1_000_000), 10, Seed + 1)),
        ("onehit", "Zipf 1.0, a tenth of the requests for keys that never come again",
            (keys, _) => new MixedLoad(new ZipfLoad(keys, 1.0, Seed), new LoopLoad(keys, uint.MaxValue - keys), 10, Seed + 1)),
        ("drift", "Zipf 1.0, every 400 requests a new key becomes the most popular", (keys, _) => new DriftLoad(keys, 1.0, 400, Seed)),
        ("fastdrift", "the same, every 40 requests", (keys, _) => new DriftLoad(keys, 1.0, 40, Seed)),
        ("loop", "one and a half times the memory, over and over", (_, memory) => new LoopLoad(0, (uint)(memory * 1.5 / Sizes.MeanBytes))),
    ];

    /// <summary>All names, with commas.</summary>
    public static string Names => string.Join(',', Array.ConvertAll(All, load => load.Name));

    /// <summary>What a load is, in words.</summary>
    public static string Describe(string name) => Find(name).Description;

    /// <summary>Starts a load.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="keys">How many keys it has, where it has a fixed number.</param>
    /// <param name="memoryBytes">The cache's memory.</param>
    public static CacheLoad Start(string name, uint keys, long memoryBytes) => Find(name).Make(keys, memoryBytes);

    /// <summary>The length of a key's value: always the same for the key.</summary>
    public static int ValueBytes(uint key) => Sizes.Next(new SplitMix(SplitMix.Mix(key)));

    private static (string Name, string Description, Func<uint, long, CacheLoad> Make) Find(string name)
    {
        foreach ((string Name, string Description, Func<uint, long, CacheLoad> Make) load in All)
        {
            if (load.Name == name)
            {
                return load;
            }
        }

        throw new UsageException($"there is no load '{name}': {Names}");
    }
}
