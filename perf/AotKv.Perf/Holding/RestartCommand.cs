using System.Diagnostics;
using System.Globalization;
using AotKv.Perf.Cli;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Holding;

/// <summary><c>restart</c>: how long a server with a data directory takes to come back with its items.</summary>
internal static class RestartCommand
{
    private const int ValueBytes = 100;
    private const double BarSeconds = 5;
    private const uint BarItems = 10_000_000;

    public const string Help = """
          restart      time from the start of a server with a data directory to its first answer, all items indexed
            --items N               items of 100 bytes                     [10000000]
            --memory MB             the memory limit                       [2048]
            --rounds N              restarts after a proper end, and after a kill   [3]
            --nice N                priority of this program and the servers, -20 to 19   [0]
            --directory PATH        where the data directory is made, and deleted   [artifacts]
            --aotkv PATH            the published binary                   [artifacts/publish/linux-x64/aotkv]
        """;

    public static int Run(ArgumentReader arguments)
    {
        uint items = (uint)arguments.Integer("items", BarItems, 1, 1_000_000_000);
        int memory = (int)arguments.Integer("memory", 2048, 1, 1 << 20);
        int rounds = (int)arguments.Integer("rounds", 3, 1, 1000);
        string directory = Path.Combine(Path.GetFullPath(arguments.Text("directory", "artifacts")), $"restart-{Environment.ProcessId}");
        string path = Path.GetFullPath(arguments.Text("aotkv", "artifacts/publish/linux-x64/aotkv"));
        Priority.Read(arguments);
        arguments.End();
        var spec = new DurableSpec(ServerSpec.OwnName, path, directory, SyncMilliseconds: 1000);
        ServerSpec.RequirePresent([spec]);
        var settings = new ServerSettings(memory, UnixSocket: false, StandardScenarios.WriteOnly);
        try
        {
            Fill(spec, settings, items);
            var table = new TextTable("<after", "seconds", "min..max", "CPU seconds, least", "items back", "<bar");
            table.Add([.. Restart(spec, settings, items, rounds, kill: false)]);
            table.Add([.. Restart(spec, settings, items, rounds, kill: true)]);
            Console.Out.Write(table.ToText());
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{items:N0} items with keys of {StoreClient.KeyBytes} and values of {ValueBytes} bytes,"));
            Console.Out.WriteLine($"-m {memory}, {rounds} restarts of each kind, files in the page cache; a thousand items are read after each.");
            return 0;
        }
        finally
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static void Fill(ServerSpec spec, ServerSettings settings, uint items)
    {
        using ServerProcess server = ServerProcess.Start(spec, settings, core: -1);
        using (var client = new StoreClient(server.Target, ValueBytes))
        {
            client.Store(0, items);
        }

        server.Stop(TimeSpan.FromMinutes(2));
    }

    private static IEnumerable<string> Restart(ServerSpec spec, ServerSettings settings, uint items, int rounds, bool kill)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        var seconds = new List<double>();
        var processor = new List<double>();
        long back = 0;
        for (int round = 0; round < rounds; round++)
        {
            if (kill)
            {
                // A first start and a kill: what the next one finds was not closed.
                using ServerProcess killed = ServerProcess.Start(spec, settings, core: -1);
                Process.GetProcessById(killed.Id).Kill();
            }

            using ServerProcess server = ServerProcess.Start(spec, settings, core: -1);
            seconds.Add(server.ReadyAfterNanoseconds / 1e9);
            processor.Add(OperatingSystem.IsLinux() ? ProcessMeter.CpuNanoseconds(server.Id) / 1e9 : 0);
            using var client = new StoreClient(server.Target, ValueBytes);
            back = client.Statistic("curr_items");
            for (uint i = 0; i < 1000; i++)
            {
                uint key = (uint)((ulong)i * items / 1000);
                if (!client.Holds(key))
                {
                    throw new InvalidOperationException($"key {key} did not come back: the memory limit is too small for the items, or something is wrong");
                }
            }

            server.Stop(TimeSpan.FromMinutes(2));
        }

        Spread spread = Spread.Of(seconds);
        bool hasBar = items == BarItems;
        return
        [
            kill ? "a kill" : "a proper end", spread.Median.ToString("F2", plain), string.Create(plain, $"{spread.Min:F2}..{spread.Max:F2}"),
            processor.Min().ToString("F2", plain), back.ToString("N0", plain), hasBar ? string.Create(plain, $"{BarSeconds:F0} s {(spread.Min <= BarSeconds ? "met" : "missed")}") : "",
        ];
    }
}
