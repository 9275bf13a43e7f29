using System.Net.Sockets;
using AotKv.Perf.Driver;
using AotKv.Perf.Floor;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Tests;

/// <summary>The load generator against the floor server: the pair that shows what a measurement costs by itself.</summary>
public sealed class FloorServerTests
{
    [Theory]
    [InlineData("get:90,set:10", "100", 1)]
    [InlineData("get:90,set:10", "100", 64)]
    [InlineData("get*100:1", "1000", 32)]
    [InlineData("get:1,set:1", "300000", 8)]
    public void Execute_against_the_floor_hits_every_key(string steps, string values, int depth)
    {
        Assert.True(Step.TryParse(steps, out Step[] parsed));
        Assert.True(ValueSizes.TryParse(values, out ValueSizes sizes));
        using var stop = new CancellationTokenSource();
        var listener = new Target(new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"aotkv-floor-{Guid.NewGuid():N}.sock")));
        using var server = new FloorServer(listener, 16, sizes.MaxBytes);
        var thread = new Thread(() => server.Run(stop.Token));
        thread.Start();
        try
        {
            LoadResult result = LoadRun.Execute(new LoadOptions
            {
                Target = listener,
                Scenario = new Scenario { Name = "test", Steps = parsed, Values = sizes, Keys = new KeySpace { Count = 100 } },
                Connections = 4,
                Depth = depth,
                Requests = 2000,
                Populate = false,
                WarmUpSeconds = 0,
                Seconds = 60,
            });
            Assert.Equal(2000, result.Tally.Requests);
            Assert.Equal(0, result.Tally.Misses + result.Tally.Errors);
            Assert.Equal((long)result.Tally.Hits * sizes.MaxBytes, result.Tally.ValueBytes);
        }
        finally
        {
            stop.Cancel();
            thread.Join();
            File.Delete(listener.EndPoint.ToString()!);
        }
    }
}
