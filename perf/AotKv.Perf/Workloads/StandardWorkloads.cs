using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Workloads;

/// <summary>The workloads that every driver knows by name.</summary>
public static class StandardWorkloads
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new()
        {
            Name = "read-heavy",
            About = "A page cache: nine reads to one write, a few keys very popular.",
            Scenario = StandardScenarios.ReadHeavy with { Keys = Popular(100_000) },
            Limits = new(MaxFailPercent: 0, MaxP99Milliseconds: 100, MinHitPercent: 100),
        },
        new()
        {
            Name = "write-heavy",
            About = "A feed of measurements: seven writes to three reads.",
            Scenario = new() { Name = "get30", Steps = [new(StepKind.Set, 70), new(StepKind.Get, 30)], Values = Sizes("50-500") },
            Limits = new(MaxFailPercent: 0, MaxP99Milliseconds: 100, MinHitPercent: 100),
        },
        new()
        {
            Name = "session-store",
            About = "Sessions of half an hour: read and kept alive, sometimes written, sometimes ended.",
            Scenario = StandardScenarios.Sessions with { Keys = new KeySpace { Count = 20_000 } },
            Limits = new(MaxFailPercent: 0, MaxP99Milliseconds: 100, MinHitPercent: 50),
        },
        new()
        {
            Name = "counters",
            About = "Rate limits and page views: numbers counted up, sometimes read.",
            Scenario = StandardScenarios.Counters with { Keys = Popular(10_000) },
            Limits = new(MaxFailPercent: 0, MaxP99Milliseconds: 100, MinHitPercent: 100),
        },
        new()
        {
            Name = "cache-aside",
            About = "An empty cache before a slow origin: what is missed is fetched from there and stored.",
            Scenario = new() { Name = "aside", Steps = [new(StepKind.Get, 1)], Keys = Popular(5_000), Values = Sizes("200-2000"), TtlSeconds = 600 },
            Populate = false,
            OriginMilliseconds = 5,
            Limits = new(MaxFailPercent: 0, MaxP99Milliseconds: 200, MinHitPercent: 50),
        },
        new()
        {
            Name = "large-values",
            About = "Rendered documents of up to a megabyte.",
            Scenario = new()
            {
                Name = "large",
                Steps = [new(StepKind.Get, 80), new(StepKind.Set, 20)],
                Keys = new KeySpace { Count = 50 },
                Values = Sizes("100000-1000000"),
            },
            Users = 8,
            Limits = new(MaxFailPercent: 0, MaxP99Milliseconds: 500, MinHitPercent: 90),
        },
        new()
        {
            Name = "connection-churn",
            About = "Scripts that connect, ask five times, and are gone.",
            Scenario = StandardScenarios.ReadHeavy with { Keys = new KeySpace { Count = 10_000 } },
            RequestsPerConnection = 5,
            Limits = new(MaxFailPercent: 0, MaxP99Milliseconds: 200, MinHitPercent: 100),
        },
        new()
        {
            Name = "failover",
            About = "Keys over two nodes, of which one is killed and comes back empty; an origin stands behind.",
            Scenario = new() { Name = "failover", Steps = [new(StepKind.Get, 1)], Keys = Popular(5_000), Values = Sizes("100-1000"), TtlSeconds = 600 },
            Populate = false,
            OriginMilliseconds = 2,
            Nodes = 2,
            LosesNode = true,
            Limits = new(MaxFailPercent: 2, MaxP99Milliseconds: 500, MinHitPercent: 40),
        },
    ];

    /// <summary>Finds one by name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The workload, or null.</returns>
    public static Workload? Find(string name) => All.FirstOrDefault(workload => workload.Name == name);

    private static KeySpace Popular(uint count) => new() { Count = count, Distribution = KeyDistribution.Zipf };

    private static ValueSizes Sizes(string text) =>
        ValueSizes.TryParse(text, out ValueSizes sizes) ? sizes : throw new ArgumentException($"no sizes: {text}", nameof(text));
}
