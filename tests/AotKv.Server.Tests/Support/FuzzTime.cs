using System.Diagnostics;
using System.Globalization;

namespace AotKv.Server.Tests.Support;

/// <summary>How long a test with generated input goes on: a number of rounds, or as many seconds as <c>AOTKV_FUZZ_SECONDS</c> says.</summary>
internal static class FuzzTime
{
    /// <summary>Seeds, one for each round. The first is random.</summary>
    public static IEnumerable<int> Seeds(int rounds)
    {
        int seed = Random.Shared.Next(int.MaxValue / 2);
        string? said = Environment.GetEnvironmentVariable("AOTKV_FUZZ_SECONDS");
        if (string.IsNullOrEmpty(said))
        {
            return Enumerable.Range(seed, rounds);
        }

        TimeSpan time = TimeSpan.FromSeconds(double.Parse(said, CultureInfo.InvariantCulture));
        Stopwatch watch = Stopwatch.StartNew();
        return Enumerable.Range(seed, int.MaxValue / 2).TakeWhile(_ => watch.Elapsed < time);
    }
}
