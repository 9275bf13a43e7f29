namespace AotKv.Wire.Tests;

/// <summary>Runs blocking work at the same time, each on a thread of its own.</summary>
internal static class InParallel
{
    /// <summary>Runs the work so many times, with numbers from 0; the first failure is the caller's.</summary>
    public static void Run(int count, Action<int> work)
    {
        var tasks = Enumerable.Range(0, count).Select(number => Task.Factory.StartNew(
            () => work(number), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        Task.WhenAll(tasks).GetAwaiter().GetResult();
    }
}
