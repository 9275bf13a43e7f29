using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Compare;

/// <summary>The lines of the comparison.</summary>
internal static class CompareCases
{
    /// <summary>All of them, in the order they are run and reported.</summary>
    public static IReadOnlyList<CompareCase> All { get; } =
    [
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 1, Set = CaseSet.Quick },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 8 },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 32, Set = CaseSet.Quick },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 100 },
        new() { Scenario = StandardScenarios.ReadHeavy, Connections = 1, Depth = 1 },
        new() { Scenario = StandardScenarios.ReadHeavy, Connections = 1, Depth = 32 },
        new() { Scenario = StandardScenarios.Balanced, Depth = 1 },
        new() { Scenario = StandardScenarios.Balanced, Depth = 32 },
        new() { Scenario = StandardScenarios.WriteOnly, Depth = 1 },
        new() { Scenario = StandardScenarios.WriteOnly, Depth = 32 },
        new() { Scenario = StandardScenarios.MultiGet10, Depth = 1 },
        new() { Scenario = StandardScenarios.MultiGet100, Depth = 1 },
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 10), Depth = 32, Remark = "10b" },
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 1000), Depth = 1, Remark = "1kb" },
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 1000), Depth = 32, Remark = "1kb" },
        new() { Scenario = Sized(StandardScenarios.ReadHeavy, 10_000, 20_000), Depth = 1, Remark = "10kb" },
        new() { Scenario = Sized(StandardScenarios.ReadOnly, 1_000_000, 200), Connections = 10, Depth = 1, Remark = "1mb" },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 1, Remark = "unix", UnixSocket = true },
        new() { Scenario = StandardScenarios.ReadHeavy, Depth = 32, Remark = "unix", UnixSocket = true },
        new() { Scenario = StandardScenarios.ReadHeavy, PeakShare = 0.7 },
        new() { Scenario = Sized(StandardScenarios.WriteOnly, 1_000_000, 200), Connections = 10, Remark = "1mb", Set = CaseSet.Full },
        new() { Scenario = Skewed(StandardScenarios.ReadHeavy), Depth = 32, Remark = "zipf", Set = CaseSet.Full },
        Large(StandardScenarios.ReadHeavy, 1),
        Large(StandardScenarios.ReadHeavy, 32),
        Large(StandardScenarios.MultiGet100, 1),
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
        Set = CaseSet.Full,
    };
}
