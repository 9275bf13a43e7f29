using System.Diagnostics;
using Xunit.Sdk;

namespace AotKv.Http.Tests.Support;

/// <summary>Waits for what other threads bring about. A busy machine takes long, so only a wrong door ever waits to the end.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Makes assertions again and again until they all hold; fails with the last one that did not when they never do.</summary>
    public static async Task Passes(Func<Task> assertions)
    {
        for (Stopwatch waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                await assertions();
                return;
            }
            catch (XunitException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <inheritdoc cref="Passes(Func{Task})"/>
    public static Task Passes(Action assertions) => Passes(() =>
    {
        assertions();
        return Task.CompletedTask;
    });
}
