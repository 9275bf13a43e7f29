using System.Diagnostics;

namespace AotKv.Server.Tests.Support;

/// <summary>Waits for what other threads bring about. A busy machine takes long, so only a wrong server ever waits to the end.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Waits until something holds; fails the test when it never does.</summary>
    public static void Holds(Func<bool> condition)
    {
        for (Stopwatch waited = Stopwatch.StartNew(); !condition(); Thread.Sleep(5))
        {
            Assert.True(waited.Elapsed < Patience, "It did not come about within a minute.");
        }
    }

    /// <summary>Waits until a figure is what it must become; fails the test with what it is when it never does.</summary>
    public static void Equals(string expected, Func<string> figure)
    {
        string now = figure();
        for (Stopwatch waited = Stopwatch.StartNew(); now != expected && waited.Elapsed < Patience; now = figure())
        {
            Thread.Sleep(5);
        }

        Assert.Equal(expected, now);
    }
}
