namespace AotKv.Micro;

/// <summary>What the engine has promised, nanoseconds per operation: first form, and final.</summary>
internal static class Bars
{
    private static readonly (string Operation, int Keys, double First, double Final)[] Promised =
    [
        ("get hit", 10_000, 60, 40),
        ("set overwrite", 10_000, 120, 80),
        ("get hit", 1_000_000, 350, 300),
        ("set overwrite", 1_000_000, 450, 400),
        ("get hit, batches of 16", 1_000_000, 0, 80),
        ("set overwrite, batches of 16", 1_000_000, 0, 150),
    ];

    /// <summary>The bars of an operation.</summary>
    /// <param name="measurement">The operation.</param>
    /// <returns>First and final bar; 0 where there is none.</returns>
    public static (double First, double Final) Of(Measurement measurement)
    {
        foreach ((string operation, int keys, double first, double final) in Promised)
        {
            if (measurement.Subject == EngineSuite.Subject && measurement.Operation == operation && measurement.Keys == keys)
            {
                return (first, final);
            }
        }

        return default;
    }
}
