using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>What the HTTP door costs those who have not asked for it.</summary>
public sealed class HttpCostTests
{
    // Beside the loops: main, finalizer, signals, the store's maintenance, and one of the runtime.
    private const int OtherThreads = 5;

    [Fact]
    public void Without_http_no_thread_of_it_runs_and_less_memory_is_taken_than_with_it()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("reads /proc");
        }

        using ServerProcess without = ServerProcess.Start(ServerProgram.AotKv, "-t", "2");
        using ServerProcess with = ServerProcess.Start(ServerProgram.AotKv, "-t", "2", "--http", "127.0.0.1:0");
        Assert.InRange(Threads(without), 2, 2 + OtherThreads);
        Assert.True(Threads(without) < Threads(with), "the door's own threads are there when it is asked for");
        Assert.True(without.MemoryBytes("VmRSS") < with.MemoryBytes("VmRSS"));
    }

    private static int Threads(ServerProcess server) => Directory.GetDirectories($"/proc/{server.Id}/task").Length;
}
