namespace AotKv.Perf.Scenarios;

/// <summary>
/// What clients do, apart from how it is driven (which protocol, how many connections, how fast): which requests in which
/// shares, over which keys, with which values. It depends on no driver, so that any can run it.
/// </summary>
public sealed record Scenario
{
    /// <summary>A short name for tables and the command line.</summary>
    public required string Name { get; init; }

    /// <summary>The requests and their shares.</summary>
    public required IReadOnlyList<Step> Steps { get; init; }

    /// <summary>The keys.</summary>
    public KeySpace Keys { get; init; } = new();

    /// <summary>The lengths of the values.</summary>
    public ValueSizes Values { get; init; } = ValueSizes.Fixed(100);

    /// <summary>Values are decimal numbers (the key's own number at first), as <see cref="StepKind.Increment"/> needs them.</summary>
    public bool NumericValues { get; init; }

    /// <summary>The time to live that sets and touches give, seconds; 0 for ever.</summary>
    public int TtlSeconds { get; init; }

    /// <summary>The client flags stored with every item.</summary>
    public uint ClientFlags { get; init; }

    /// <summary>Sum of the weights.</summary>
    public uint TotalWeight
    {
        get
        {
            uint sum = 0;
            foreach (Step step in Steps)
            {
                sum += step.Weight;
            }

            return sum;
        }
    }

    /// <summary>Draws a step.</summary>
    /// <param name="random">Where the randomness comes from.</param>
    /// <param name="totalWeight"><see cref="TotalWeight"/>.</param>
    public Step Next(SplitMix random, uint totalWeight)
    {
        int chosen = 0;
        uint at = random.Below(totalWeight);
        while (at >= Steps[chosen].Weight)
        {
            at -= Steps[chosen].Weight;
            chosen++;
        }

        return Steps[chosen];
    }

    /// <summary>In words, for reports.</summary>
    public string Describe() =>
        $"{string.Join(',', Steps)}; {Keys}; {(NumericValues ? "numbers as values" : $"values of {Values} bytes")}";
}
