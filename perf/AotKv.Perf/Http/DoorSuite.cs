using System.Globalization;
using System.Runtime.Versioning;
using AotKv.Perf.Cli;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Http;

/// <summary>Requests a second over HTTP, beside the figures of memstore.</summary>
[SupportedOSPlatform("linux")]
internal static class DoorSuite
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Measures and writes the report.</summary>
    public static void Run(HttpOptions options)
    {
        Dictionary<HttpCase, List<Measured>> results = options.Cases.ToDictionary(line => line, _ => new List<Measured>());
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (HttpCase line in options.Cases)
            {
                using ServerProcess server = HttpCommand.Start(options, out HttpSpec spec);
                Measured measured = Measure(options, line, server, spec.Door);
                results[line].Add(measured);
                Console.Error.WriteLine(string.Create(
                    Plain, $"round {round + 1} {line.Name,-12} {measured.PerSecond,10:N0}/s  server {measured.ServerNanoseconds / 1000:F1} us CPU, others {measured.OtherCores:F2} cores"));
            }
        }

        ReportFiles.Write(options.Output, "http", Table(options, results), $"""
            # HTTP

            Medians of {options.Rounds} rounds of {options.Seconds} s; `-t 1 -m 256 --http`, over loopback. Client and server share all cores, as they did where memstore
            was measured. A connection has one request in flight, and keeps open. `get-N` and `set-N` are `POST /v1/execute` with N commands, keys and
            values of {HttpExchange.KeyBytes} letters, {HttpExchange.Keys:N0} keys, all there; `key-get` and `key-put` are one key of `/v1/ns/default/keys/` with {HttpExchange.SingleValueBytes} bytes. Every
            answer is compared with the right one, byte for byte. CPU is the process's own clock over the requests answered meanwhile.
            """);
    }

    private static Measured Measure(HttpOptions options, HttpCase line, ServerProcess server, Target door)
    {
        HttpLoad.Once(door, HttpExchange.Of(HttpExchange.Writer(line.Kind), line.Commands));
        using HttpLoad load = new(door, HttpExchange.Of(line.Kind, line.Commands), line.Connections);
        Thread.Sleep(TimeSpan.FromSeconds(options.WarmUpSeconds));
        load.Measure();
        HttpSample start = HttpSample.Take(load, server);
        Thread.Sleep(TimeSpan.FromSeconds(options.Seconds));
        HttpSample end = HttpSample.Take(load, server);
        load.Stop();
        return Measured.Between(start, end, load.Latency);
    }

    private static TextTable Table(HttpOptions options, Dictionary<HttpCase, List<Measured>> results)
    {
        var table = new TextTable(
            "<line", "requests/s", "min..max", "commands/s", "memstore/s", "ratio", "CPU us a request", "CPU us a command", "p50 us", "p99 us",
            "server cores", "client cores", "other cores");
        foreach (HttpCase line in options.Cases)
        {
            Spread Of(Func<Measured, double> figure) => Spread.Of(results[line].ConvertAll(measured => figure(measured)));
            Spread rate = Of(measured => measured.PerSecond);
            double cpu = Of(measured => measured.ServerNanoseconds).Median;
            table.Add(
                line.Name, Units.Count(rate.Median), $"{Units.Count(rate.Min)}..{Units.Count(rate.Max)}", Units.Count(rate.Median * line.Commands),
                line.MemstorePerSecond > 0 ? Units.Count(line.MemstorePerSecond) : "",
                line.MemstorePerSecond > 0 ? Units.Ratio(rate.Median / line.MemstorePerSecond) : "",
                Units.Microseconds(cpu), Units.Microseconds(cpu / line.Commands),
                Units.Microseconds(Of(measured => measured.P50).Median), Units.Microseconds(Of(measured => measured.P99).Median),
                Units.Ratio(Of(measured => measured.ServerCores).Median), Units.Ratio(Of(measured => measured.ClientCores).Median),
                Units.Ratio(Of(measured => measured.OtherCores).Median));
        }

        return table;
    }

    private sealed record Measured(
        double PerSecond, double ServerNanoseconds, double P50, double P99, double ServerCores, double ClientCores, double OtherCores)
    {
        public static Measured Between(in HttpSample start, in HttpSample end, LatencyHistogram latency)
        {
            double took = end.At - start.At;
            double answered = Math.Max(1, end.Answered - start.Answered);
            double server = end.ServerCpu - start.ServerCpu;
            double client = end.ClientCpu - start.ClientCpu;
            double other = Math.Max(0, end.MachineBusy - start.MachineBusy - server - client);
            return new(
                answered / took * 1e9, server / answered, latency.Percentile(50), latency.Percentile(99), server / took, client / took, other / took);
        }
    }
}

/// <summary>Counters of both sides at one moment.</summary>
internal readonly record struct HttpSample(long At, long Answered, long ServerCpu, long ClientCpu, long MachineBusy)
{
    [SupportedOSPlatform("linux")]
    public static HttpSample Take(HttpLoad load, ServerProcess server) => new(
        Nanoseconds.Now(), load.Answered, ProcessMeter.CpuNanoseconds(server.Id), ProcessMeter.CpuNanoseconds(Environment.ProcessId),
        ProcessMeter.MachineBusyNanoseconds());
}
