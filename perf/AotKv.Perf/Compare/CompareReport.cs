using System.Globalization;
using System.Text;
using AotKv.Perf.Cli;
using AotKv.Perf.Driver;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Compare;

/// <summary>The comparison as a table, CSV and Markdown.</summary>
internal static class CompareReport
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>The medians and spreads, a row for each case and server.</summary>
    public static TextTable Table(CompareOptions options, CompareResults results)
    {
        ServerSpec first = options.Servers[0];
        List<ServerSpec> others = Others(options);
        var table = new TextTable(
        [
            "<case", "<server", "requests/s", "CPU us/req", "min..max", "of it user", $"CPU / {first.Name}", "min..max",
            .. others.ConvertAll(other => $"CPU / {other.Name}"),
            "p50 us", "p99 us", "p99.9 us", "RSS MB", "misses", "server cores", "client cores", "other cores",
        ]);
        foreach (CompareCase line in options.Cases)
        {
            foreach (ServerSpec server in options.Servers)
            {
                if (results.Rounds(line, server).Count > 0)
                {
                    table.Add(Row(line, server, first, others, results));
                }
            }
        }

        return table;
    }

    /// <summary>Every single measurement.</summary>
    public static TextTable Rounds(CompareOptions options, CompareResults results)
    {
        var table = new TextTable(
            "case", "server", "round", "seconds", "requests", "requests_per_s",
            "server_cpu_ns_per_request", "server_user_share", "client_cpu_ns_per_request",
            "p50_ns", "p90_ns", "p99_ns", "p99.9_ns", "max_ns", "send_lag_p99_ns",
            "server_rss_bytes", "server_cores", "client_cores", "other_cores", "hits", "misses", "stored", "errors");
        foreach (CompareCase line in options.Cases)
        {
            foreach (ServerSpec server in options.Servers)
            {
                IReadOnlyList<LoadResult> rounds = results.Rounds(line, server);
                for (int i = 0; i < rounds.Count; i++)
                {
                    LoadResult run = rounds[i];
                    LatencyHistogram latency = run.Latency;
                    table.Add(
                        line.Name, server.Name, $"{i + 1}", run.Seconds.ToString("F3", Plain), $"{run.Requests}",
                        run.PerSecond.ToString("F0", Plain),
                        run.ServerNanosecondsPerRequest.ToString("F1", Plain), run.ServerUserShare.ToString("F3", Plain),
                        run.ClientNanosecondsPerRequest.ToString("F1", Plain),
                        $"{latency.Percentile(50)}", $"{latency.Percentile(90)}",
                        $"{latency.Percentile(99)}", $"{latency.Percentile(99.9)}",
                        $"{latency.Max}", $"{run.SendLag.Percentile(99)}", $"{run.ServerResidentBytes}",
                        run.ServerCores.ToString("F3", Plain), run.ClientCores.ToString("F3", Plain), run.OtherCores.ToString("F3", Plain),
                        $"{run.Tally.Hits}", $"{run.Tally.Misses}", $"{run.Tally.Stored}", $"{run.Tally.Errors}");
                }
            }
        }

        return table;
    }

    /// <summary>The report.</summary>
    public static string Markdown(CompareOptions options, CompareResults results, string chart)
    {
        var text = new StringBuilder();
        text.Append("# Comparison over the wire\n\n");
        text.Append(Plain, $"- Machine: {MachineInfo.Processor()}, {MachineInfo.Memory()} memory; ");
        text.Append(Plain, $"{MachineInfo.Distribution()}, {MachineInfo.Kernel()}\n");
        foreach (ServerSpec server in options.Servers)
        {
            text.Append(Plain, $"- {server.Name}: {server.Version}\n");
        }

        text.Append(Plain, $"- Load generator: .NET {Environment.Version}\n- Command: `{options.Command}`\n");
        text.Append(Plain, $"- When: {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC\n\n");
        text.Append(Plain, $"Each figure is the median of {RoundsDone(options, results)} rounds of {options.Seconds} s after ");
        text.Append(Plain, $"{options.WarmUpSeconds} s of warm-up. ");
        text.Append("In each round every server is measured on a case one behind the other, ");
        text.Append(Plain, $"freshly started and filled, in turning order. {Bound(options)} ");
        text.Append("CPU is the server process's own CPU clock (user and system, all threads) over the requests answered meanwhile. ");
        text.Append("A ratio is the ratio of the medians; its min..max are of the single rounds. ");
        text.Append("One request of a multi-get is all its keys. ");
        text.Append("Latency of an open loop (`open70`: at 70% of the first server's peak) counts from the intended time of sending. ");
        text.Append("The client never sleeps, so no server pays for waking it; ");
        text.Append("`client cores` is without the time it looked in vain for replies: ");
        text.Append("where it is near 1, the client and not the server is the limit. ");
        text.Append(options.PatienceSeconds > 0 ? "Measurements that were disturbed by other work on the machine were repeated. " : "");
        text.Append("`other cores` is what everything else on the machine used: figures with much of it are noisy.\n\n");
        text.Append(Plain, $"![CPU per request]({chart})\n\n");
        text.Append(Table(options, results).ToMarkdown());
        text.Append("\nThe cases:\n\n");
        foreach (CompareCase line in options.Cases)
        {
            string loop = line.PeakShare > 0 ? "open loop" : string.Create(Plain, $"{line.Depth} in flight on each");
            text.Append(Plain, $"- `{line.Name}`: {line.Scenario.Describe()}; {line.Connections} connections, {loop}");
            text.Append(Plain, $"{(line.UnixSocket ? ", unix socket" : "")}; `-m {line.MemoryMegabytes}`\n");
        }

        return text.ToString();
    }

    /// <summary>How many rounds there were time for.</summary>
    private static int RoundsDone(CompareOptions options, CompareResults results)
    {
        int rounds = 0;
        foreach (CompareCase line in options.Cases)
        {
            rounds = Math.Max(rounds, results.Rounds(line, options.Servers[0]).Count);
        }

        return rounds;
    }

    private static string Bound(CompareOptions options)
    {
        string cores = options.ServerCore >= 0 && options.ClientCore >= 0
            ? string.Create(Plain, $"The server is bound to core {options.ServerCore}, the client to core {options.ClientCore}")
            : "Server and client are not bound to cores";
        return $"{cores}; every server has one worker thread (`-t 1`), or as many as a case says (`t2`: then server and client share all cores).";
    }

    /// <summary>The peers beside the first, and the floor: what ratios are formed to as well.</summary>
    private static List<ServerSpec> Others(CompareOptions options)
    {
        List<ServerSpec> others = [];
        for (int i = 1; i < options.Servers.Count; i++)
        {
            if (options.Servers[i].Name != ServerSpec.OwnName)
            {
                others.Add(options.Servers[i]);
            }
        }

        return others;
    }

    private static string[] Row(
        CompareCase line, ServerSpec server, ServerSpec first, List<ServerSpec> others, CompareResults results)
    {
        Spread Of(Func<LoadResult, double> figure) => results.Of(line, server, figure);
        Spread cpu = Of(run => run.ServerNanosecondsPerRequest);
        Spread ratio = results.Ratio(line, server, first, run => run.ServerNanosecondsPerRequest);
        return
        [
            line.Name,
            server.Name,
            Units.Count(Of(run => run.PerSecond).Median),
            Units.Microseconds(cpu.Median),
            $"{Units.Microseconds(cpu.Min)}..{Units.Microseconds(cpu.Max)}",
            Of(run => run.ServerUserShare).Median.ToString("P0", Plain),
            Units.Ratio(ratio.Median),
            $"{Units.Ratio(ratio.Min)}..{Units.Ratio(ratio.Max)}",
            .. others.ConvertAll(other => Units.Ratio(results.Ratio(line, server, other, run => run.ServerNanosecondsPerRequest).Median)),
            Units.Microseconds(Of(run => run.Latency.Percentile(50)).Median),
            Units.Microseconds(Of(run => run.Latency.Percentile(99)).Median),
            Units.Microseconds(Of(run => run.Latency.Percentile(99.9)).Median),
            Units.Megabytes(Of(run => run.ServerResidentBytes).Median),
            Units.Count(Of(run => run.Tally.Misses).Max),
            Units.Ratio(Of(run => run.ServerCores).Median),
            Units.Ratio(Of(run => run.ClientCores).Median),
            Units.Ratio(Of(run => run.OtherCores).Median),
        ];
    }
}
