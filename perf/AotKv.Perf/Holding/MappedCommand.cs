using System.Globalization;
using AotKv.Perf.Cli;
using AotKv.Perf.Driver;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Holding;

/// <summary><c>mapped</c>: what a data directory costs, over the wire.</summary>
internal static class MappedCommand
{
    private const double Bar = 0.9;

    public const string Help = """
          mapped       throughput of aotkv with a data directory and --fsync 1000 against memory only (Linux)
            --rounds N              runs of each, in turn                  [5]
            --seconds N             length of a run                        [5]
            --memory MB             the memory limit                       [1024]
            --keys N                keys                                   [1000000]
            --nice N                priority of this program and the servers, -20 to 19   [0]
            --directory PATH        where the data directory is made, and deleted   [artifacts]
            --aotkv PATH            the published binary                   [artifacts/publish/linux-x64/aotkv]
        """;

    public static int Run(ArgumentReader arguments)
    {
        int rounds = (int)arguments.Integer("rounds", 5, 1, 1000);
        double seconds = arguments.Number("seconds", 5, 0.1, 3600);
        int memory = (int)arguments.Integer("memory", 1024, 1, 1 << 20);
        uint keys = (uint)arguments.Integer("keys", 1_000_000, 1000, 1_000_000_000);
        string parent = Path.GetFullPath(arguments.Text("directory", "artifacts"));
        string path = Path.GetFullPath(arguments.Text("aotkv", "artifacts/publish/linux-x64/aotkv"));
        Priority.Read(arguments);
        arguments.End();
        ServerSpec inMemory = new MemcachedSpec(ServerSpec.OwnName, path);
        ServerSpec.RequirePresent([inMemory]);
        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable("<load", "depth", "memory, best/s", "mapped, best/s", "ratio", "median ratio", "memory us CPU", "mapped us CPU", "<bar");
        foreach ((Scenario scenario, int depth) in ((Scenario, int)[])[(StandardScenarios.ReadHeavy, 1), (StandardScenarios.ReadHeavy, 32), (StandardScenarios.WriteOnly, 32)])
        {
            var memoryRuns = new List<LoadResult>();
            var mappedRuns = new List<LoadResult>();
            for (int round = 0; round < rounds; round++)
            {
                var load = new Load(scenario with { Keys = scenario.Keys with { Count = keys } }, depth, memory, seconds, (ulong)round + 1);
                memoryRuns.Add(Measure(inMemory, load));
                string directory = Path.Combine(parent, $"mapped-{Environment.ProcessId}-{round}");
                try
                {
                    mappedRuns.Add(Measure(new DurableSpec("mapped", path, directory, SyncMilliseconds: 1000), load));
                }
                finally
                {
                    if (Directory.Exists(directory))
                    {
                        Directory.Delete(directory, recursive: true);
                    }
                }

                Console.Error.WriteLine(string.Create(plain, $"{scenario.Name} {depth}: {memoryRuns[^1].PerSecond:N0} {mappedRuns[^1].PerSecond:N0}"));
            }

            double first = memoryRuns.Max(run => run.PerSecond);
            double second = mappedRuns.Max(run => run.PerSecond);
            double[] ratios = [.. memoryRuns.Zip(mappedRuns, (one, other) => other.PerSecond / one.PerSecond)];
            table.Add(
                scenario.Name, depth.ToString(plain), Units.Count(first), Units.Count(second), Units.Ratio(second / first),
                Units.Ratio(Spread.Of(ratios).Median), Cpu(memoryRuns), Cpu(mappedRuns), second / first >= Bar ? "met" : "missed");
        }

        Console.Out.Write(table.ToText());
        Console.Out.WriteLine($"\n{keys:N0} keys of 16 bytes, values of 100, -m {memory}, 50 connections, one server thread on one core, the client on the other;");
        Console.Out.WriteLine($"{rounds} rounds of {seconds} s, memory and mapped in turn. The bar is {Bar:F1} of the throughput. CPU: the server's, least of the rounds.");
        return 0;
    }

    private static string Cpu(List<LoadResult> runs) => Units.Microseconds(runs.Min(run => run.ServerNanosecondsPerRequest));

    private static LoadResult Measure(ServerSpec spec, Load load)
    {
        int core = Environment.ProcessorCount > 1 && OperatingSystem.IsLinux() ? 0 : -1;
        using ServerProcess server = ServerProcess.Start(spec, new ServerSettings(load.Memory, UnixSocket: false, load.Scenario), core);
        return LoadRun.Execute(new LoadOptions
        {
            Target = server.Target,
            Scenario = load.Scenario,
            Depth = load.Depth,
            Cores = core < 0 ? [] : [1],
            Spin = true,
            Seconds = load.Seconds,
            Seed = load.Seed,
            ServerProcess = server.Id,
        });
    }

    private sealed record Load(Scenario Scenario, int Depth, int Memory, double Seconds, ulong Seed);
}
