using System.Globalization;

namespace AotKv.Bench;

/// <summary>How many keys the benchmarks of the store work on. Passed to the processes that measure through the environment.</summary>
internal static class KeyCounts
{
    /// <summary>The variable: numbers with commas.</summary>
    public const string Variable = "AOTKV_BENCH_KEYS";

    private const string Usual = "1000,1000000,20000000";

    /// <summary>The numbers.</summary>
    public static int[] All =>
        Array.ConvertAll((Environment.GetEnvironmentVariable(Variable) ?? Usual).Split(','), number => int.Parse(number, CultureInfo.InvariantCulture));
}
