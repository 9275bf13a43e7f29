using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>What the HTTP door costs those who have not asked for it.</summary>
public sealed class HttpCostTests
{
    // What the framework calls the threads of its sockets, its pool and its timers.
    private static readonly string[] OfTheDoor = [".NET Sockets", ".NET TP", ".NET ThreadPool", ".NET Timer", ".NET Tiered"];

    [Fact]
    public void Without_http_no_thread_of_it_runs_and_less_memory_is_taken_than_with_it()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("reads /proc");
        }

        using ServerProcess without = ServerProcess.Start(ServerProgram.AotKv, "-t", "2");
        using ServerProcess with = ServerProcess.Start(ServerProgram.AotKv, "-t", "2", "--http", "127.0.0.1:0");
        string[] threads = Threads(without);
        Assert.Equal(2, threads.Count(name => name.StartsWith("loop ", StringComparison.Ordinal)));
        Assert.DoesNotContain(threads, name => OfTheDoor.Any(start => name.StartsWith(start, StringComparison.Ordinal)));
        Assert.Contains(Threads(with), name => name.StartsWith(".NET Sockets", StringComparison.Ordinal));
        Assert.True(without.MemoryBytes("VmRSS") < with.MemoryBytes("VmRSS"));
    }

    private static string[] Threads(ServerProcess server) =>
        [.. Directory.GetDirectories($"/proc/{server.Id}/task").Select(folder => File.ReadAllText(Path.Combine(folder, "comm")).Trim())];
}
