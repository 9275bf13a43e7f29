using System.Globalization;
using AotKv.Perf.Cli;
using AotKv.Perf.Net;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Workloads;

/// <summary><c>workload</c>: runs the workloads and says which limits were not kept.</summary>
internal static class WorkloadCommand
{
    public const string Help = """
          workload     what applications do, checked to the last byte, with limits on failures, latency and misses
            --name LIST             read-heavy write-heavy session-store counters cache-aside large-values connection-churn failover  [all]
            --aotkv PATH            the binary to start                    [artifacts/publish/linux-x64/aotkv]
            --address LIST          servers that run already, instead; as many as the workload has nodes
            --duration SECONDS      of each                                [5]
            --users N               instead of each one's own number
            --seed N                of what the users draw                 [1]
        """;

    public static int Run(ArgumentReader arguments)
    {
        Workload[] workloads = Choose(arguments.Text("name"));
        string path = Path.GetFullPath(arguments.Text("aotkv", "artifacts/publish/linux-x64/aotkv"));
        Target[]? given = arguments.Text("address") is { } addresses
            ? Array.ConvertAll(addresses.Split(','), text => Target.Parse(text) ?? throw new UsageException($"--address cannot be read: '{text}'"))
            : null;
        var duration = TimeSpan.FromSeconds(arguments.Number("duration", 5, 0.1, 86_400));
        int users = (int)arguments.Integer("users", 0, 0, 10_000);
        ulong seed = (ulong)arguments.Integer("seed", 1, 0, long.MaxValue);
        arguments.End();
        var spec = new MemcachedSpec(ServerSpec.OwnName, path);
        if (given is null)
        {
            ServerSpec.RequirePresent([spec]);
        }

        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable("<workload", "steps/s", "failed %", "found %", "p50 us", "p99 us", "p99.9 us", "<verdict");
        bool good = true;
        foreach (Workload named in workloads)
        {
            Workload workload = users > 0 ? named with { Users = users } : named;
            WorkloadResult result = Run(workload, spec, given, duration, seed);
            IReadOnlyList<string> faults = result.Faults(workload.Limits);
            good &= faults.Count == 0;
            table.Add(
                workload.Name, Units.Count(result.Done / duration.TotalSeconds), result.FailPercent.ToString("F2", plain),
                result.HitPercent.ToString("F1", plain), Units.Microseconds(result.Latency.Percentile(50)),
                Units.Microseconds(result.Latency.Percentile(99)), Units.Microseconds(result.Latency.Percentile(99.9)),
                faults.Count == 0 ? "kept" : string.Join("; ", faults));
        }

        Console.Out.Write(table.ToText());
        return good ? 0 : 2;
    }

    private static WorkloadResult Run(Workload workload, ServerSpec spec, Target[]? given, TimeSpan duration, ulong seed)
    {
        if (given != null)
        {
            return given.Length == workload.Nodes
                ? WorkloadRunner.RunAsync(workload, given, duration, seed).GetAwaiter().GetResult()
                : throw new UsageException($"{workload.Name} wants {workload.Nodes} addresses, not {given.Length}");
        }

        using var servers = new WorkloadServers(workload, spec);
        servers.Begin(duration);
        return WorkloadRunner.RunAsync(workload, servers.Targets, duration, seed).GetAwaiter().GetResult();
    }

    private static Workload[] Choose(string? names) => names is null
        ? [.. StandardWorkloads.All]
        : Array.ConvertAll(names.Split(','), name => StandardWorkloads.Find(name) ?? throw new UsageException($"--name does not know '{name}'"));
}
