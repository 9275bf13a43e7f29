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
    private const string Idle = "idle";
    private const string Busy = "busy";
    private const string Elsewhere = "busy in another process";

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;
    private static readonly string[] Doors = [Idle, Busy, Elsewhere];

    private static readonly (string Name, HttpKind Kind, int Commands)[] Loads =
        [("get-1", HttpKind.ExecuteGet, 1), ("set-100", HttpKind.ExecuteSet, 100)];

    /// <summary>Measures and writes the report.</summary>
    public static void Run(HttpOptions options)
    {
        Dictionary<(string Load, string Door, bool Open), List<Measured>> results = [];
        foreach ((string name, _, _) in Loads)
        {
            foreach (string door in Doors)
            {
                results[(name, door, true)] = [];
                results[(name, door, false)] = [];
            }
        }

        for (int round = 0; round < options.Rounds; round++)
        {
            foreach ((string name, HttpKind kind, int commands) in Loads)
            {
                using ServerProcess server = HttpCommand.Start(options, out HttpSpec spec);
                using ServerProcess other = HttpCommand.Start(options, out HttpSpec otherSpec);
                int loop = ProcessMeter.ThreadThatDoes(server.Id, () => AskOften(server));
                HttpLoad.Once(spec.Door, HttpExchange.Of(HttpExchange.Writer(kind), commands));
                HttpLoad.Once(otherSpec.Door, HttpExchange.Of(HttpExchange.Writer(kind), commands));
                for (int i = 0; i < Doors.Length * 2; i++)
                {
                    string door = Doors[(i + round) % Doors.Length];
                    bool isOpen = i < Doors.Length;
                    HttpSpec? asked = door == Idle ? null : door == Busy ? spec : otherSpec;
                    Measured measured = Measure(options, server, loop, asked, HttpExchange.Of(kind, commands), isOpen, (ulong)round);
                    results[(name, door, isOpen)].Add(measured);
                    Console.Error.WriteLine(string.Create(
                        Plain, $"round {round + 1} {name,-8} {door,-24} {(isOpen ? "open" : "closed"),-7} {measured.PerSecond,10:N0}/s p50 {measured.P50 / 1000:F0} p99 {measured.P99 / 1000:F0} us, loop waits {measured.WaitEach / 1000:F1} us, HTTP {measured.HttpPerSecond:N0}/s"));
                }
            }
        }

        ReportFiles.Write(options.Output, "http-beside", Table(results), $"""
            # The memcached port beside a busy HTTP door

            Medians of {options.Rounds} rounds of {options.Seconds} s; `-t 1 -m 256 --http`, nothing bound to a core. `open`: {MemcachedConnections} connections, {options.Rate:N0} requests a second, nine gets to
            one set, the client never sleeps; `closed`: the same with one request in flight on each connection, the client sleeps. Busy: {HttpConnections} connections with one
            `POST /v1/execute` in flight, get-1 or set-100. *busy in another process* is the control: as much of the processor is taken, but from outside.
            *send lag* is how late the client itself was, which the latencies contain; *loop waits* is how long the memcached loop stood ready and had
            no core, each time it was given one and altogether, as the kernel counts it.
            """);
    }

    private static void AskOften(ServerProcess server)
    {
        for (int i = 0; i < 100; i++)
        {
            _ = ServerStats.Read(server.Target);
        }
    }

    private static Measured Measure(HttpOptions options, ServerProcess server, int loop, HttpSpec? asked, HttpExchange[] exchanges, bool isOpen, ulong round)
    {
        HttpLoad? http = asked == null ? null : new HttpLoad(asked.Door, exchanges, HttpConnections, options.ClientNice);
        try
        {
            long before = http?.Answered ?? 0;
            (long Waited, long Times) waits = ProcessMeter.WaitsForCore(server.Id, loop);
            long start = Nanoseconds.Now();
            LoadResult run = LoadRun.Execute(new LoadOptions
            {
                Target = server.Target,
                Scenario = StandardScenarios.ReadHeavy with { Keys = new KeySpace { Count = 10_000 } },
                Connections = MemcachedConnections,
                Rate = isOpen ? options.Rate : 0,
                WarmUpSeconds = options.WarmUpSeconds,
                Seconds = options.Seconds,
                Seed = round + 1,
                ServerProcess = server.Id,
            });
            double took = Nanoseconds.Now() - start;
            double httpRate = ((http?.Answered ?? 0) - before) / took * 1e9;
            (long Waited, long Times) end = ProcessMeter.WaitsForCore(server.Id, loop);
            double each = (double)(end.Waited - waits.Waited) / Math.Max(1, end.Times - waits.Times);
            http?.Stop();
            LatencyHistogram latency = run.Latency;
            return new(
                run.PerSecond, latency.Percentile(50), latency.Percentile(99), latency.Percentile(99.9), run.SendLag.Percentile(99), each,
                (end.Waited - waits.Waited) / took, httpRate);
        }
        finally
        {
            http?.Dispose();
        }
    }

    private static TextTable Table(Dictionary<(string Load, string Door, bool Open), List<Measured>> results)
    {
        var table = new TextTable(
            "<memcached", "<HTTP", "<door", "memcached/s", "p50 us", "p99 us", "p99.9 us", "p99 min..max", "send lag p99 us",
            "loop waits, us each", "of the time", "HTTP/s");
        foreach (bool isOpen in new[] { true, false })
        {
            foreach ((string name, _, _) in Loads)
            {
                foreach (string door in Doors)
                {
                    List<Measured> runs = results[(name, door, isOpen)];
                    Spread Of(Func<Measured, double> figure) => Spread.Of(runs.ConvertAll(run => figure(run)));
                    Spread p99 = Of(run => run.P99);
                    table.Add(
                        isOpen ? "open" : "closed", name, door, Units.Count(Of(run => run.PerSecond).Median), Units.Microseconds(Of(run => run.P50).Median),
                        Units.Microseconds(p99.Median), Units.Microseconds(Of(run => run.P999).Median),
                        $"{Units.Microseconds(p99.Min)}..{Units.Microseconds(p99.Max)}",
                        isOpen ? Units.Microseconds(Of(run => run.SendLag).Median) : "",
                        Units.Microseconds(Of(run => run.WaitEach).Median), Of(run => run.WaitShare).Median.ToString("P1", Plain), Units.Count(Of(run => run.HttpPerSecond).Median));
                }
            }
        }

        return table;
    }

    private sealed record Measured(double PerSecond, double P50, double P99, double P999, double SendLag, double WaitEach, double WaitShare, double HttpPerSecond);
}
