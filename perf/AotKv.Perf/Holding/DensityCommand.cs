using System.Globalization;
using System.Runtime.Versioning;
using AotKv.Perf.Cli;
using AotKv.Perf.Machine;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Holding;

/// <summary><c>density</c>: how many items servers hold in the same memory, and what they really take.</summary>
internal static class DensityCommand
{
    /// <summary>Resident memory beyond the limit that aotkv may take.</summary>
    private const int ResidentBarMegabytes = 32;

    public const string Help = """
          density      items held at the same -m when half as many again were stored, and resident memory (Linux)
            --sizes LIST            value sizes in bytes, with commas      [10,32,100,1000,10000]
            --memory LIST           memory limits in MB, with commas       [64,1024]
            --memcached LIST        PATH or NAME=PATH, several with commas [/usr/bin/memcached]
            --aotkv PATH|none       the published binary                   [artifacts/publish/linux-x64/aotkv]
            --markdown              print Markdown
        """;

    public static int Run(ArgumentReader arguments)
    {
        List<ServerSpec> servers = ServerSpec.Read(arguments, floor: false);
        int[] sizes = Numbers(arguments, "sizes", "10,32,100,1000,10000", 1_000_000);
        int[] limits = Numbers(arguments, "memory", "64,1024", 1 << 16);
        bool markdown = arguments.Switch("markdown");
        arguments.End();
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("density needs Linux: it reads memory from the kernel");
        }

        ServerSpec.RequirePresent(servers);
        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable("-m", "value bytes", "<server", "items held", "ratio", "bar", "-m / item - data", "RSS / item - data", "most RSS - -m, MB");
        foreach (int limit in limits)
        {
            foreach (int size in sizes)
            {
                long first = 0;
                foreach (ServerSpec spec in servers)
                {
                    Holding held = Measure(spec, limit, size);
                    first = first == 0 ? held.Items : first;
                    double ratio = (double)held.Items / first;
                    bool isOwn = spec.Name == ServerSpec.OwnName;
                    long over = held.PeakResidentBytes - ((long)limit << 20);
                    table.Add(
                        limit.ToString(plain), size.ToString(plain), spec.Name, held.Items.ToString("N0", plain), Units.Ratio(ratio),
                        isOwn && Bar(size) > 0 ? Verdict(Units.Ratio(Bar(size)), ratio >= Bar(size)) : "",
                        Overhead((long)limit << 20, held.Items, size), Overhead(held.PeakResidentBytes, held.Items, size),
                        isOwn ? Verdict(Units.Megabytes(over), over <= ResidentBarMegabytes << 20) : Units.Megabytes(over));
                    Console.Error.WriteLine($"-m {limit}, {size} bytes, {spec.Name}: {held.Items:N0} items");
                }
            }
        }

        Console.Out.Write(markdown ? table.ToMarkdown() : table.ToText());
        Console.Out.WriteLine($"\nKeys of {StoreClient.KeyBytes} bytes. Ratio: to the first server. Overhead in bytes an item, everything counted that is not key or value:");
        Console.Out.WriteLine($"of the limit, and of the most memory that was ever resident, which for aotkv may be {ResidentBarMegabytes} MB beyond the limit.");
        return 0;
    }

    /// <summary>What aotkv has promised; 0 where it has promised nothing.</summary>
    private static double Bar(int valueBytes) => valueBytes switch { 32 => 1.5, 100 => 1.25, _ => 0 };

    private static string Verdict(string figure, bool met) => met ? figure : figure + " missed";

    private static string Overhead(long bytes, long items, int valueBytes) =>
        (((double)bytes / items) - StoreClient.KeyBytes - valueBytes).ToString("F1", CultureInfo.InvariantCulture);

    private static int[] Numbers(ArgumentReader arguments, string name, string otherwise, int most) => Array.ConvertAll(
        arguments.Text(name, otherwise).Split(','),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 && number <= most
            ? number
            : throw new UsageException($"--{name} wants numbers from 1 to {most}, not '{text}'"));

    [SupportedOSPlatform("linux")]
    private static Holding Measure(ServerSpec spec, int limitMegabytes, int valueBytes)
    {
        var settings = new ServerSettings(limitMegabytes, UnixSocket: false, StandardScenarios.WriteOnly);
        using ServerProcess server = ServerProcess.Start(spec, settings, core: -1);
        using var client = new StoreClient(server.Target, valueBytes);
        uint wanted = (uint)(3 * ((long)limitMegabytes << 20) / 2 / (StoreClient.KeyBytes + valueBytes + 20));
        client.Store(0, wanted);
        return new Holding(client.Statistic("curr_items"), ProcessMeter.PeakResidentBytes(server.Id));
    }

    private readonly record struct Holding(long Items, long PeakResidentBytes);
}
