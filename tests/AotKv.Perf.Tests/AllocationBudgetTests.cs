extern alias bench;

using bench::AotKv.Bench;

namespace AotKv.Perf.Tests;

/// <summary>What CI enforces of bench/AotKv.Bench/allocation-budget.json.</summary>
public sealed class AllocationBudgetTests
{
    [Fact]
    public void Check_finds_no_benchmark_beyond_its_budget()
    {
        List<string> seen = [];
        List<string> faults = AllocationBudget.Check(seen.Add);
        Assert.Empty(faults);
        Assert.True(seen.Count >= 40, $"only {seen.Count} benchmarks were measured");
    }
}
