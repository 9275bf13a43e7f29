using System.Globalization;
using AotKv.Perf.Cli;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.MissRatio;

/// <summary><c>missratio</c>: what share of reads each server cannot answer, on the same requests and with the same memory.</summary>
internal static class MissRatioCommand
{
    /// <summary>What aotkv has promised: its miss ratio over memcached's.</summary>
    private const double Bar = 0.90;

    public const string Help = """
          missratio    misses of a read-through cache on the same requests, in the same memory
            --loads LIST            with commas                            [all]
            --requests N            of each load; the first half is not counted   [4000000]
            --keys N                keys of the Zipf loads                 [1000000]
            --memory MB             the servers' memory limit              [64]
            --seeds LIST            of the loads; each is measured, and the means are shown   [830542]
            --memcached LIST        PATH or NAME=PATH, several with commas [/usr/bin/memcached]
            --aotkv PATH|none       the published binary                   [artifacts/publish/linux-x64/aotkv]
            --markdown              print Markdown
        """;

    public static int Run(ArgumentReader arguments)
    {
        List<ServerSpec> servers = ServerSpec.Read(arguments, floor: false);
        string[] loads = arguments.Text("loads", CacheLoads.Names).Split(',');
        long requests = arguments.Integer("requests", 4_000_000, 1000, 1_000_000_000);
        uint keys = (uint)arguments.Integer("keys", 1_000_000, 1000, 1_000_000_000);
        int memory = (int)arguments.Integer("memory", 64, 1, 1 << 20);
        ulong[] seeds = Array.ConvertAll(
            arguments.Text("seeds", CacheLoads.UsualSeed.ToString(CultureInfo.InvariantCulture)).Split(','),
            text => ulong.TryParse(text, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw new UsageException($"--seeds: '{text}' is no number"));
        bool markdown = arguments.Switch("markdown");
        arguments.End();
        ServerSpec.RequirePresent(servers);

        var settings = new ServerSettings(memory, UnixSocket: false, StandardScenarios.ReadOnly);
        bool hasRatio = servers.Count > 1 && servers[^1].Name == ServerSpec.OwnName;
        string[] ratios = hasRatio ? [.. servers[..^1].ConvertAll(peer => $"{ServerSpec.OwnName} / {peer.Name}")] : [];
        bool hasSpread = ratios.Length == 1 && seeds.Length > 1;
        var table = new TextTable(["<load", .. servers.ConvertAll(server => server.Name), .. ratios, .. hasSpread ? ["least..most"] : Array.Empty<string>(), "asked again", "<what"]);
        foreach (string load in loads)
        {
            Misses[][] bySeed = Array.ConvertAll(
                seeds, seed => servers.ConvertAll(server => Measure(server, settings, load, keys, requests, seed)).ToArray());
            double[] misses = [.. servers.Select((_, server) => bySeed.Average(one => one[server].Share))];
            string[] compared = Array.ConvertAll(misses[..ratios.Length], peer => Compare(misses[^1] / peer));
            double[] spread = [.. bySeed.Select(one => one[^1].Share / one[0].Share)];
            string[] between = hasSpread ? [$"{Units.Ratio(spread.Min())}..{Units.Ratio(spread.Max())}"] : [];
            string again = Percent(bySeed.Average(one => one[^1].AskedAgain));
            table.Add([load, .. Array.ConvertAll(misses, Percent), .. compared, .. between, again, CacheLoads.Describe(load)]);
            Console.Error.WriteLine($"{load} done");
        }

        Console.Out.Write(markdown ? table.ToMarkdown() : table.ToText());
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            Share of reads that missed. -m {memory}; {requests:N0} reads of each load, the second half counted, {keys:N0} keys where it is Zipf;
            values of {CacheLoads.Sizes} bytes, the size fixed for a key; what is missing is stored; one connection, {ReadThroughClient.GroupKeys} keys a request.
            "Asked again" are misses, of the last server, of a key that the same request had asked for before: they are in all the shares.
            The bar is {Bar:F2} of the peer's.
            """));
        return 0;
    }

    private static string Compare(double ratio) => Units.Ratio(ratio) + (ratio <= Bar ? "" : " (missed)");

    private static string Percent(double share) => share.ToString("P2", CultureInfo.InvariantCulture);

    private static Misses Measure(ServerSpec spec, ServerSettings settings, string name, uint keys, long requests, ulong seed)
    {
        using ServerProcess server = ServerProcess.Start(spec, settings, core: -1);
        using var client = new ReadThroughClient(server.Target);
        CacheLoad load = CacheLoads.Start(name, keys, (long)settings.MemoryMegabytes << 20, seed);
        long turns = requests / ReadThroughClient.GroupKeys;
        long warmup = turns / 2;
        long missing = 0;
        long again = 0;
        for (long turn = 0; turn < turns; turn++)
        {
            int missed = client.Turn(load);
            missing += turn < warmup ? 0 : missed;
            again += turn < warmup ? 0 : client.AskedAgain;
        }

        double reads = (turns - warmup) * ReadThroughClient.GroupKeys;
        return new Misses(missing / reads, again / reads);
    }

    /// <summary>Shares of the reads.</summary>
    /// <param name="Share">That missed.</param>
    /// <param name="AskedAgain">Of them, those of a key that the same request had asked for before.</param>
    private sealed record Misses(double Share, double AskedAgain);
}
