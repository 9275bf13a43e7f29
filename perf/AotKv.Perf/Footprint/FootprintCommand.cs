using System.Globalization;
using AotKv.Perf.Cli;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Footprint;

/// <summary><c>footprint</c>: how large a server is, how soon it answers, and what it holds when idle.</summary>
internal static class FootprintCommand
{
    public const string Help = """
          footprint    size of the binary, time to the first answer, idle memory (Linux)
            --memcached LIST        PATH or NAME=PATH, several with commas         [/usr/bin/memcached]
            --aotkv PATH|none       the published binary                   [artifacts/publish/linux-x64/aotkv]
            --starts N              how often each is started              [20]
            --settle SECONDS        time between the first answer and reading the memory, at the last start   [2]
            --memory MB             the servers' memory limit              [64]
        """;

    public static int Run(ArgumentReader arguments)
    {
        List<ServerSpec> servers = ServerSpec.Read(arguments, floor: false);
        int starts = (int)arguments.Integer("starts", 20, 1, 10_000);
        double settle = arguments.Number("settle", 2, 0, 600);
        int memory = (int)arguments.Integer("memory", 64, 1, 1 << 20);
        arguments.End();
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("the footprint needs Linux: it reads memory from the kernel");
        }

        ServerSpec.RequirePresent(servers);
        var settings = new ServerSettings(memory, UnixSocket: false, StandardScenarios.ReadHeavy);
        var times = new Dictionary<ServerSpec, List<double>>();
        var resident = new Dictionary<ServerSpec, long>();
        for (int i = 0; i < starts; i++)
        {
            foreach (ServerSpec spec in servers)
            {
                using ServerProcess server = ServerProcess.Start(spec, settings, core: -1);
                times.TryAdd(spec, []);
                times[spec].Add(server.ReadyAfterNanoseconds / 1e6);
                if (i == starts - 1)
                {
                    Thread.Sleep(TimeSpan.FromSeconds(settle));
                    resident[spec] = ProcessMeter.ResidentBytes(server.Id);
                }
            }
        }

        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable("<server", "binary MB", "ready after ms", "min..max", "idle RSS MB");
        foreach (ServerSpec spec in servers)
        {
            Spread time = Spread.Of(times[spec]);
            table.Add(
                spec.Name, Units.Megabytes(new FileInfo(spec.Path).Length), time.Median.ToString("F1", plain),
                string.Create(plain, $"{time.Min:F1}..{time.Max:F1}"), Units.Megabytes(resident[spec]));
        }

        Console.Out.Write(table.ToText());
        Console.Out.WriteLine($"\n{starts} starts of each in turn, -m {memory}; from just before the process is made to the reply to");
        Console.Out.WriteLine(string.Create(plain, $"`version`, a connection being tried every 0.2 ms; memory {settle} s after it."));
        Console.Out.WriteLine("memcached's size is without the libraries it loads.");
        return 0;
    }
}
