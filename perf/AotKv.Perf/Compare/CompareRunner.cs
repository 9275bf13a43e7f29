using System.Globalization;
using AotKv.Perf.Cli;
using AotKv.Perf.Driver;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Compare;

/// <summary>
/// Runs the comparison. In each round each case is measured on each server, one behind the other, each freshly started and
/// filled; the order of the servers turns from round to round.
/// </summary>
internal static class CompareRunner
{
    private const double QuietCores = 0.12;

    /// <summary>Runs it.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="progress">Told of each measurement.</param>
    public static CompareResults Run(CompareOptions options, Action<string> progress)
    {
        var results = new CompareResults();
        int total = options.Rounds * options.Cases.Count * options.Servers.Count;
        int done = 0;
        long giveUp = Nanoseconds.Now() + (long)(options.LimitMinutes * 60e9);
        for (int round = 0; round < options.Rounds && (round == 0 || Nanoseconds.Now() < giveUp); round++)
        {
            foreach (CompareCase line in options.Cases)
            {
                for (int i = 0; i < options.Servers.Count; i++)
                {
                    ServerSpec server = options.Servers[(i + round) % options.Servers.Count];
                    done++;
                    if (!server.Serves(line))
                    {
                        continue;
                    }

                    LoadResult result = MeasurePatiently(options, line, server, results, round);
                    results.Add(line, server, result);
                    progress($"[{done}/{total}] round {round + 1} {line.Name,-20} {server.Name,-16} {Summary(result)}");
                }
            }
        }

        return results;
    }

    private static string Summary(LoadResult result)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        string server = $"server {Units.Microseconds(result.ServerNanosecondsPerRequest)} us CPU";
        string cores = string.Create(plain, $"client {result.ClientCores:F2} cores, others {result.OtherCores:F2}");
        return string.Create(plain, $"{result.PerSecond,12:N0}/s  {server}, {cores}");
    }

    /// <summary>Measures when the machine is quiet, and again when it was not, as long as patience lasts.</summary>
    private static LoadResult MeasurePatiently(CompareOptions options, CompareCase line, ServerSpec spec, CompareResults results, int round)
    {
        long giveUp = Nanoseconds.Now() + (long)(options.PatienceSeconds * 1e9);
        while (true)
        {
            while (Nanoseconds.Now() < giveUp && OtherCores(TimeSpan.FromMilliseconds(300)) > QuietCores)
            {
                // OtherCores has waited.
            }

            LoadResult result = Measure(options, line, spec, results, round);
            if (result.OtherCores <= QuietCores || Nanoseconds.Now() >= giveUp)
            {
                return result;
            }
        }
    }

    private static double OtherCores(TimeSpan time)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        long before = ProcessMeter.MachineBusyNanoseconds();
        Thread.Sleep(time);
        return (ProcessMeter.MachineBusyNanoseconds() - before) / (time.TotalMilliseconds * 1e6);
    }

    private static LoadResult Measure(CompareOptions options, CompareCase line, ServerSpec spec, CompareResults results, int round)
    {
        var settings = new ServerSettings(line.MemoryMegabytes, line.UnixSocket, line.Scenario, line.ServerThreads);
        bool isBound = line.ServerThreads == 1;
        using ServerProcess server = ServerProcess.Start(spec, settings, isBound ? options.ServerCore : -1);
        return LoadRun.Execute(new LoadOptions
        {
            Target = server.Target,
            Scenario = line.Scenario,
            Protocol = line.Protocol,
            Threads = line.ServerThreads,
            Connections = line.Connections,
            Depth = line.Depth,
            Rate = line.PeakShare > 0 ? Rate(options, line, results) : 0,
            Cores = !isBound ? [.. Enumerable.Range(0, line.ServerThreads)] : options.ClientCore >= 0 ? [options.ClientCore] : [],
            Spin = isBound,
            Populate = spec.KeepsData,
            WarmUpSeconds = options.WarmUpSeconds,
            Seconds = options.Seconds,
            Seed = (ulong)round + 1,
            ServerProcess = server.Id,
        });
    }

    private static double Rate(CompareOptions options, CompareCase line, CompareResults results)
    {
        IReadOnlyList<LoadResult> peak = results.Rounds(line.PeakName, options.Servers[0]);
        return peak.Count > 0
            ? line.PeakShare * peak[0].PerSecond
            : throw new UsageException($"{line.Name} needs {line.PeakName} in the same run, for its rate");
    }
}
