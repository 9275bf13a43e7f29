using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Compare;

/// <summary>The lines of the comparison, and the suites they form.</summary>
internal static class CompareCases
{
    /// <summary>The suites, each with what it is about. A line may belong to several.</summary>
    public static IReadOnlyList<(string Name, string About)> Suites { get; } =
    [
        ("quick", "one request in flight and 32; about a minute"),
        ("depth", "1, 8, 32 and 100 in flight, on 50 connections and on one"),
        ("mix", "nine reads to one write, half and half, writes only, gets of 10 and 100 keys"),
        ("sizes", "values of 10 to 1,000,000 bytes"),
        ("protocols", "classic, meta and binary"),
        ("latency", "an open loop at shares of the first server's peak rate"),
        ("unix", "over a unix socket"),
        ("threads", "two loops on two cores"),
        ("large", "10 million keys"),
    ];

    /// <summary>What is run when no suite is named: every dimension once, without what takes long.</summary>
    public static IReadOnlyList<string> Standard { get; } = ["quick", "depth", "mix", "sizes", "protocols", "latency", "unix", "threads"];

    /// <summary>All of them, in the order they are run and reported.</summary>
    public static IReadOnlyList<CompareCase> All { get; } =
    [
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 1, Suites = ["quick", "depth", "mix", "protocols", "latency"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 8, Suites = ["depth"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 32, Suites = ["quick", "depth", "mix", "protocols"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 100, Suites = ["depth"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Connections = 1, Depth = 1, Suites = ["depth"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Connections = 1, Depth = 32, Suites = ["depth"] },
        new() { Scenario = StandardScenarios.Balanced, Depth = 1, Suites = ["mix"] },
        new() { Scenario = StandardScenarios.Balanced, Depth = 32, Suites = ["mix"] },
        new() { Scenario = StandardScenarios.WriteOnly, Depth = 1, Suites = ["mix"] },
        new() { Scenario = StandardScenarios.WriteOnly, Depth = 32, Suites = ["mix"] },
        new() { Scenario = StandardScenarios.MultiGet10, Depth = 1, Suites = ["mix"] },
        new() { Scenario = StandardScenarios.MultiGet100, Depth = 1, Suites = ["mix", "protocols"] },
        .. In("meta"),
        .. In("binary"),
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 10), Depth = 32, Remark = "10b", Suites = ["sizes"] },
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 1000), Depth = 1, Remark = "1kb", Suites = ["sizes"] },
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 1000), Depth = 32, Remark = "1kb", Suites = ["sizes"] },
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 10_000, 20_000), Depth = 1, Remark = "10kb", Suites = ["sizes"] },
        new() { Scenario = Sized(StandardScenarios.ReadOnly, 1_000_000, 200), Connections = 10, Remark = "1mb", Suites = ["sizes"] },
        new() { Scenario = Sized(StandardScenarios.WriteOnly, 1_000_000, 200), Connections = 10, Remark = "1mb", Suites = ["sizes"] },
        new() { Scenario = StandardScenarios.ReadHeavy, PeakShare = 0.5, Suites = ["latency"] },
        new() { Scenario = StandardScenarios.ReadHeavy, PeakShare = 0.7, Suites = ["latency"] },
        new() { Scenario = StandardScenarios.ReadHeavy, PeakShare = 0.9, Suites = ["latency"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 1, Remark = "unix", UnixSocket = true, Suites = ["unix"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 32, Remark = "unix", UnixSocket = true, Suites = ["unix"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 1, ServerThreads = 2, Suites = ["threads"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 32, ServerThreads = 2, Suites = ["threads"] },
        new() { Scenario = StandardScenarios.MultiGet100, ServerThreads = 2, Suites = ["threads"] },
        Large(StandardScenarios.ReadHeavy, 1),
        Large(StandardScenarios.ReadHeavy, 32),
        Large(StandardScenarios.MultiGet100, 1),
        new() { Scenario = Skewed(StandardScenarios.ReadHeavy), Depth = 32, Remark = "zipf", Suites = ["large"] },
    ];

    private static CompareCase[] In(string protocol) =>
    [
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 1, Protocol = protocol, Suites = ["protocols"] },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 32, Protocol = protocol, Suites = ["protocols"] },
        new() { Scenario = StandardScenarios.MultiGet100, Depth = 1, Protocol = protocol, Suites = ["protocols"] },
    ];

    private static Scenario Sized(Scenario scenario, int valueBytes, uint keys = 100_000) =>
        scenario with { Values = ValueSizes.Fixed(valueBytes), Keys = scenario.Keys with { Count = keys } };

    private static Scenario Skewed(Scenario scenario) =>
        scenario with { Keys = scenario.Keys with { Count = 1_000_000, Distribution = KeyDistribution.Zipf } };

    private static CompareCase Large(Scenario scenario, int depth) => new()
    {
        Scenario = scenario with { Keys = scenario.Keys with { Count = 10_000_000 } },
        Depth = depth,
        Remark = "10m",
        MemoryMegabytes = 4096,
        Suites = ["large"],
    };
}
