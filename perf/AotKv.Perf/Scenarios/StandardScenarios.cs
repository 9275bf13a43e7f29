namespace AotKv.Perf.Scenarios;

/// <summary>The scenarios every driver knows by name.</summary>
public static class StandardScenarios
{
    /// <summary>Nine reads to one write.</summary>
    public static Scenario ReadHeavy { get; } = new() { Name = "get90", Steps = [new(StepKind.Get, 90), new(StepKind.Set, 10)] };

    /// <summary>As many writes as reads.</summary>
    public static Scenario Balanced { get; } = new() { Name = "get50", Steps = [new(StepKind.Get, 50), new(StepKind.Set, 50)] };

    /// <summary>Reads only.</summary>
    public static Scenario ReadOnly { get; } = new() { Name = "get", Steps = [new(StepKind.Get, 1)] };

    /// <summary>Writes only.</summary>
    public static Scenario WriteOnly { get; } = new() { Name = "set", Steps = [new(StepKind.Set, 1)] };

    /// <summary>Ten keys at once.</summary>
    public static Scenario MultiGet10 { get; } = new() { Name = "mget10", Steps = [new(StepKind.Get, 1, 10)] };

    /// <summary>A hundred keys at once.</summary>
    public static Scenario MultiGet100 { get; } = new() { Name = "mget100", Steps = [new(StepKind.Get, 1, 100)] };

    /// <summary>Counters.</summary>
    public static Scenario Counters { get; } = new()
    {
        Name = "incr",
        Steps = [new(StepKind.Increment, 90), new(StepKind.Get, 10)],
        NumericValues = true,
    };

    /// <summary>A session store: read and kept alive, sometimes written, sometimes ended.</summary>
    public static Scenario Sessions { get; } = new()
    {
        Name = "sessions",
        Steps = [new(StepKind.GetAndTouch, 70), new(StepKind.Touch, 5), new(StepKind.Set, 20), new(StepKind.Delete, 5)],
        Values = ValueSizes.TryParse("200-2000:80,2000-8000:20", out ValueSizes sizes) ? sizes : ValueSizes.Fixed(1000),
        TtlSeconds = 1800,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
        [ReadHeavy, Balanced, ReadOnly, WriteOnly, MultiGet10, MultiGet100, Counters, Sessions];

    /// <summary>Finds one by name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The scenario, or null.</returns>
    public static Scenario? Find(string name)
    {
        foreach (Scenario scenario in All)
        {
            if (scenario.Name == name)
            {
                return scenario;
            }
        }

        return null;
    }
}
