using System.Globalization;

namespace AotKv.Engine.Tests.Durability;

/// <summary>
/// What is left after power cuts, by the hundred. AOTKV_POWER_CUTS sets how many cuts each case makes (default 60), AOTKV_SEED the first seed.
/// </summary>
public sealed class PowerCutTests
{
    private const int CutsPerRun = 30;

    [Theory]
    [InlineData(false, 6_000, 30)]
    [InlineData(false, 40_000, 12)]
    [InlineData(true, 6_000, 200)]
    [InlineData(true, 60_000, 60)]
    public void What_was_durable_is_there_and_nothing_else_than_a_prefix(bool evicts, int largestValue, int keys)
    {
        int wanted = Setting("AOTKV_POWER_CUTS", 60);
        int seed = Setting("AOTKV_SEED", 1000);
        for (int cuts = 0; cuts < wanted; seed++)
        {
            using var run = new PowerCutRun(seed, new PowerCutSetup(evicts, largestValue, keys));
            run.Run(CutsPerRun);
            cuts += run.Cuts;
        }
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : usual;
}
