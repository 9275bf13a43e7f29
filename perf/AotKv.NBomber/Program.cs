using AotKv.NBomber;
using AotKv.Perf.Cli;
using AotKv.Perf.Servers;
using AotKv.Perf.Workloads;
using NBomber.Contracts.Stats;
using NBomber.CSharp;

const string Help = """
    usage: AotKv.NBomber [OPTIONS]
      --name LIST         read-heavy write-heavy session-store counters cache-aside large-values connection-churn failover   [all]
      --aotkv PATH        the binary to start                        [artifacts/publish/linux-x64/aotkv]
      --duration SECONDS  of each workload, 15 at least, as NBomber looks at thresholds every 5   [30]
      --warm-up SECONDS   before each                                [5]
      --output FOLDER     for the reports                            [artifacts/perf/nbomber]
    """;

try
{
    if (args is ["help" or "--help" or "-h", ..])
    {
        Console.Out.WriteLine(Help);
        return 0;
    }

    var arguments = new ArgumentReader(args);
    string[] names = arguments.Text("name", string.Join(',', StandardWorkloads.All.Select(workload => workload.Name))).Split(',');
    var spec = new MemcachedSpec(ServerSpec.OwnName, Path.GetFullPath(arguments.Text("aotkv", "artifacts/publish/linux-x64/aotkv")));
    var duration = TimeSpan.FromSeconds(arguments.Number("duration", 30, 15, 86_400));
    var warmUp = TimeSpan.FromSeconds(arguments.Number("warm-up", 5, 0, 3600));
    string output = arguments.Text("output", Path.Combine("artifacts", "perf", "nbomber"));
    arguments.End();
    ServerSpec.RequirePresent([spec]);

    // One after the other, each with servers of its own: NBomber would run all scenarios of a session at once.
    bool good = true;
    foreach (string name in names)
    {
        Workload workload = StandardWorkloads.Find(name) ?? throw new UsageException($"--name does not know '{name}'");
        using var servers = new WorkloadServers(workload, spec);
        NodeStats stats = NBomberRunner
            .RegisterScenarios(WorkloadScenario.Create(workload, servers, warmUp, duration))
            .WithTestSuite("aotkv")
            .WithTestName(workload.Name)
            .WithReportFolder(output)
            .WithReportFileName(workload.Name)
            .WithReportFormats(ReportFormat.Html, ReportFormat.Csv, ReportFormat.Md)
            .Run();
        foreach (ThresholdResult broken in stats.Thresholds.Where(threshold => threshold.IsFailed))
        {
            Console.Error.WriteLine($"{workload.Name}: {broken.CheckExpression} was not kept");
            good = false;
        }
    }

    return good ? 0 : 2;
}
catch (UsageException mistake)
{
    Console.Error.WriteLine($"AotKv.NBomber: {mistake.Message}\n{Help}");
    return 64;
}
