using System.Globalization;
using System.Runtime.Versioning;
using AotKv.Perf.Cli;
using AotKv.Perf.Driver;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Http;

/// <summary>
/// The memcached port while the HTTP door of the same process is idle, while it is as busy as it can be, and while it is idle but the door of
/// another process is as busy. The last takes as much processor time from the loop as the second, so the difference between those two
/// is what one process for both costs.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class BesideSuite
{
    private const int HttpConnections = 8;
    private const int MemcachedConnections = 50;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Measures and writes the report.</summary>
    public static void Run(HttpOptions options)
    {
        Dictionary<BesideCase, List<Measured>> results = options.BesideCases.ToDictionary(line => line, _ => new List<Measured>());
        for (int round = 0; round < options.Rounds; round++)
        {
            for (int i = 0; i < options.BesideCases.Count; i++)
            {
                BesideCase line = options.BesideCases[(i + round) % options.BesideCases.Count];
                Measured measured = Measure(options, line, (ulong)round);
                results[line].Add(measured);
                Console.Error.WriteLine(string.Create(
                    Plain,
                    $"round {round + 1} {line.Name,-24} {measured.PerSecond,10:N0}/s p50 {measured.P50 / 1000:F0} p99 {measured.P99 / 1000:F0} us, loop waits {measured.WaitEach / 1000:F1} us, {measured.WaitShare:P1}, HTTP {measured.HttpPerSecond:N0}/s"));
            }
        }

        ReportFiles.Write(options.Output, "http-beside", Table(options, results), $"""
            # The memcached port beside a busy HTTP door

            Medians of {options.Rounds} rounds of {options.Seconds} s; `-t 1 -m 256 --http`, nothing bound to a core. `open`: {MemcachedConnections} connections, {options.Rate:N0} requests a second, nine gets to
            one set, the client never sleeps; `closed`: the same with one request in flight on each connection, the client sleeps. Busy: {HttpConnections} connections with one
            `POST /v1/execute` in flight, get-1 or set-100. `elsewhere` is the control: another process's door is as busy, so as much of the processor is taken, but from
            outside. *send lag* is how late the client itself was, which the latencies contain; *loop waits* is how long the memcached loop stood ready and had
            no core, each time it was given one and altogether, as the kernel counts it.
            """);
    }

    private static Measured Measure(HttpOptions options, BesideCase line, ulong round)
    {
        using ServerProcess server = HttpCommand.Start(options, out HttpSpec spec);
        using ServerProcess other = HttpCommand.Start(options, out HttpSpec otherSpec);
        int loop = ProcessMeter.ThreadThatDoes(server.Id, () => AskOften(server));
        using HttpLoad? http = line.Door == DoorState.Idle ? null : Begin(options, line, line.Door == DoorState.Busy ? spec : otherSpec);
        long before = http?.Answered ?? 0;
        (long Waited, long Times) waits = ProcessMeter.WaitsForCore(server.Id, loop);
        long start = Nanoseconds.Now();
        LoadResult run = LoadRun.Execute(new LoadOptions
        {
            Target = server.Target,
            Scenario = StandardScenarios.ReadHeavy with { Keys = new KeySpace { Count = 10_000 } },
            Connections = MemcachedConnections,
            Rate = line.IsOpen ? options.Rate : 0,
            WarmUpSeconds = options.WarmUpSeconds,
            Seconds = options.Seconds,
            Seed = round + 1,
            ServerProcess = server.Id,
        });
        double took = Nanoseconds.Now() - start;
        double httpRate = ((http?.Answered ?? 0) - before) / took * 1e9;
        (long Waited, long Times) end = ProcessMeter.WaitsForCore(server.Id, loop);
        http?.Stop();
        LatencyHistogram latency = run.Latency;
        return new(
            run.PerSecond, latency.Percentile(50), latency.Percentile(99), latency.Percentile(99.9), run.SendLag.Percentile(99),
            (double)(end.Waited - waits.Waited) / Math.Max(1, end.Times - waits.Times), (end.Waited - waits.Waited) / took, httpRate);
    }

    private static HttpLoad Begin(HttpOptions options, BesideCase line, HttpSpec asked)
    {
        HttpLoad.Once(asked.Door, HttpExchange.Of(HttpExchange.Writer(line.Kind), line.Commands));
        return new HttpLoad(asked.Door, HttpExchange.Of(line.Kind, line.Commands), HttpConnections, options.ClientNice);
    }

    private static void AskOften(ServerProcess server)
    {
        for (int i = 0; i < 100; i++)
        {
            _ = ServerStats.Read(server.Target);
        }
    }

    private static TextTable Table(HttpOptions options, Dictionary<BesideCase, List<Measured>> results)
    {
        var table = new TextTable(
            "<line", "memcached/s", "p50 us", "p99 us", "p99.9 us", "p99 min..max", "send lag p99 us", "loop waits, us each", "of the time", "HTTP/s");
        foreach (BesideCase line in options.BesideCases)
        {
            Spread Of(Func<Measured, double> figure) => Spread.Of(results[line].ConvertAll(run => figure(run)));
            Spread p99 = Of(run => run.P99);
            table.Add(
                line.Name, Units.Count(Of(run => run.PerSecond).Median), Units.Microseconds(Of(run => run.P50).Median), Units.Microseconds(p99.Median),
                Units.Microseconds(Of(run => run.P999).Median), $"{Units.Microseconds(p99.Min)}..{Units.Microseconds(p99.Max)}",
                line.IsOpen ? Units.Microseconds(Of(run => run.SendLag).Median) : "", Units.Microseconds(Of(run => run.WaitEach).Median),
                Of(run => run.WaitShare).Median.ToString("P1", Plain), Units.Count(Of(run => run.HttpPerSecond).Median));
        }

        return table;
    }

    private sealed record Measured(
        double PerSecond, double P50, double P99, double P999, double SendLag, double WaitEach, double WaitShare, double HttpPerSecond);
}
