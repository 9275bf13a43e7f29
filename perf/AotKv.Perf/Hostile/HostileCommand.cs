using System.Globalization;
using AotKv.Perf.Cli;
using AotKv.Perf.Driver;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Hostile;

/// <summary><c>hostile</c>: what bad clients do to a server's memory and to the latency of good ones.</summary>
internal static class HostileCommand
{
    public const string Help = """
          hostile      memory, and the latency of others, beside clients that misbehave (Linux)
            --memcached LIST        PATH or NAME=PATH, several with commas [/usr/bin/memcached]
            --aotkv PATH|none       the published binary                   [artifacts/publish/linux-x64/aotkv]
            --only LIST             none, never-reads, slow, churn, lengths   [all of them]
            --rate N                requests per second of the good clients   [10000]
            --rounds N              measurements of each                   [3]
            --duration SECONDS      of each                                [2]
            --output FOLDER         for hostile.md and hostile.csv         [artifacts/perf]
        """;

    private const int MemoryMegabytes = 64;

    private static readonly string[] Telling =
    [
        "total_connections", "rejected_connections", "conn_yields", "read_buf_oom", "response_obj_oom", "store_too_large", "store_no_memory",
        "idle_kicks",
    ];

    public static int Run(ArgumentReader arguments)
    {
        List<ServerSpec> servers = ServerSpec.Read(arguments, floor: false);
        string[] only = arguments.Text("only", string.Join(',', HostileClients.All.Select(client => client.Name))).Split(',');
        double rate = arguments.Number("rate", 10_000, 1, 1e7);
        int rounds = (int)arguments.Integer("rounds", 3, 1, 1000);
        double seconds = arguments.Number("duration", 2, 0.1, 3600);
        string output = arguments.Text("output", Path.Combine("artifacts", "perf"));
        arguments.End();
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("this needs Linux: it reads memory from the kernel");
        }

        ServerSpec.RequirePresent(servers);
        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable(
            "<bad clients", "<server", "p50 us", "p99 us", "min..max", "p99.9 us", "RSS MB before", "peak RSS MB", "<what its stats say");
        foreach ((string name, _, Action<Net.Target, CancellationToken> bad) in HostileClients.All.Where(client => only.Contains(client.Name)))
        {
            var results = servers.ConvertAll(_ => new List<Measured>());
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < servers.Count; i++)
                {
                    int index = (i + round) % servers.Count;
                    results[index].Add(Measure(servers[index], bad, rate, seconds, (ulong)round + 1));
                    Console.Error.WriteLine(string.Create(
                        plain, $"round {round + 1} {name,-12} {servers[index].Name,-16} p99 {results[index][^1].Latency.Percentile(99) / 1000} us"));
                }
            }

            for (int i = 0; i < servers.Count; i++)
            {
                table.Add(Row(name, servers[i], results[i]));
            }
        }

        string clients = string.Join("\n", HostileClients.All.Select(client => $"- `{client.Name}`: {client.About}"));
        ReportFiles.Write(output, "hostile", table, string.Create(plain, $"""
            # Bad clients

            Medians of {rounds} rounds of {seconds} s; `-t 1 -m {MemoryMegabytes}`, nothing bound to a core. The latency is that of 10 good connections with
            {rate:N0} gets and sets a second in all (an open loop, counted from the intended time of sending), which run beside:

            {clients}
            """));
        return 0;
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static Measured Measure(ServerSpec spec, Action<Net.Target, CancellationToken> bad, double rate, double seconds, ulong seed)
    {
        Scenario scenario = StandardScenarios.ReadHeavy with { Keys = new KeySpace { Count = 10_000 } };
        using ServerProcess server = ServerProcess.Start(spec, new ServerSettings(MemoryMegabytes, UnixSocket: false, scenario), core: -1);
        long before = ProcessMeter.ResidentBytes(server.Id);
        using var stop = new CancellationTokenSource();
        var thread = new Thread(() => bad(server.Target, stop.Token)) { IsBackground = true, Name = "bad clients" };
        var options = new LoadOptions
        {
            Target = server.Target,
            Scenario = scenario,
            Connections = 10,
            Rate = rate,
            WarmUpSeconds = 0.3,
            Seconds = seconds,
            Seed = seed,
            ServerProcess = server.Id,
        };
        thread.Start();
        try
        {
            LoadResult result = LoadRun.Execute(options);
            Dictionary<string, string> stats = ServerStats.Read(server.Target);
            string said = stats.Count == 0
                ? "no answer"
                : string.Join(", ", Telling.Where(name => stats.GetValueOrDefault(name, "0") != "0").Select(name => $"{name} {stats[name]}"));
            return new Measured(result.Latency, before, ProcessMeter.PeakResidentBytes(server.Id), said);
        }
        finally
        {
            stop.Cancel();
            thread.Join();
        }
    }

    private static string[] Row(string name, ServerSpec spec, List<Measured> rounds)
    {
        Spread Of(Func<Measured, double> figure) => Spread.Of(rounds.ConvertAll(measured => figure(measured)));
        Spread p99 = Of(measured => measured.Latency.Percentile(99));
        return
        [
            name, spec.Name, Units.Microseconds(Of(measured => measured.Latency.Percentile(50)).Median), Units.Microseconds(p99.Median),
            $"{Units.Microseconds(p99.Min)}..{Units.Microseconds(p99.Max)}",
            Units.Microseconds(Of(measured => measured.Latency.Percentile(99.9)).Median),
            Units.Megabytes(Of(measured => measured.ResidentBefore).Median), Units.Megabytes(Of(measured => measured.PeakResident).Max),
            rounds[^1].Stats,
        ];
    }

    private sealed record Measured(LatencyHistogram Latency, long ResidentBefore, long PeakResident, string Stats);
}
