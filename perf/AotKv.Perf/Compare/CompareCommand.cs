using System.Globalization;
using System.Runtime.InteropServices;
using AotKv.Perf.Cli;
using AotKv.Perf.Driver;
using AotKv.Perf.Http;
using AotKv.Perf.Machine;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Compare;

/// <summary><c>compare</c>: memcached, aotkv and the floor on the same load, side by side.</summary>
internal static class CompareCommand
{
    public const string Help = """
          compare      memcached, aotkv and the floor on the same load (Linux, two cores or more)
            --memcached LIST        PATH or NAME=PATH, several with commas; ratios are to the first   [/usr/bin/memcached]
            --aotkv PATH|none       the published binary                   [artifacts/publish/linux-x64/aotkv]
            --no-floor              leave the floor server out
            --quick                 two cases in a minute
            --suite LIST            these suites; all stands for every one [all but large]; http alone is the command below
            --cases LIST            these cases, whatever the suite; * at the end of a name stands for anything
            --list                  only print the suites and cases
            --limit MINUTES         begin no further round after this time [quick 2; else 60]
            --rounds N              measurements of each                   [5; quick 3]
            --duration SECONDS      of each measurement                    [2; quick 1]
            --warm-up SECONDS       before each                            [0.5]
            --server-core N         core of the servers; -1 any            [0]
            --client-core N         core of this program; -1 any           [1]
            --patience SECONDS      let each wait for a quiet machine, and repeat it when it was not   [0]
            --nice N                priority of this program and the servers, -20 to 19   [0]
            --output FOLDER         for compare.md, compare.csv, rounds.csv, compare.svg   [artifacts/perf]
        """;

    public static int Run(ArgumentReader arguments, string[] words)
    {
        if (arguments.Text("suite") == HttpCommand.Suite)
        {
            return HttpCommand.Run(arguments);
        }

        bool onlyList = arguments.Switch("list");
        int priority = (int)arguments.Integer("nice", 0, -20, 19);
        CompareOptions options = Read(arguments, words);
        arguments.End();
        if (onlyList)
        {
            List(options);
            return 0;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("the comparison needs Linux: it reads processor times from the kernel");
        }

        ServerSpec.RequirePresent(options.Servers);
        if (options.ClientCore >= 0 && !Affinity.BindProcess(options.ClientCore))
        {
            throw new UsageException($"this program cannot be bound to core {options.ClientCore}: say --client-core -1 --server-core -1");
        }

        if (priority != 0 && !Priority.Set(priority))
        {
            throw new UsageException($"priority {priority} is not allowed to this user");
        }

        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Abort);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Abort);
        CompareResults results = CompareRunner.Run(options, Console.Error.WriteLine);
        Write(options, results);
        return HasErrors(options, results) ? 2 : 0;
    }

    private static void List(CompareOptions options)
    {
        foreach ((string name, string about) in CompareCases.Suites)
        {
            Console.Out.WriteLine($"{name,-10} {about}");
        }

        Console.Out.WriteLine($"{HttpCommand.Suite,-10} the HTTP door, alone; with flags of its own (help)");

        Console.Out.WriteLine();
        foreach (CompareCase line in options.Cases)
        {
            Console.Out.WriteLine($"{line.Name,-24} {string.Join(',', line.Suites),-32} {line.Scenario.Describe()}");
        }

        double seconds = options.Rounds * options.Cases.Count * options.Servers.Count * (options.Seconds + options.WarmUpSeconds + 0.5);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"\nabout {seconds / 60:F0} minutes, and the time to store the keys; at most {options.LimitMinutes:F0}"));
    }

    private static void Abort(PosixSignalContext context) => ServerProcess.KillAll();

    private static CompareOptions Read(ArgumentReader arguments, string[] words)
    {
        bool quick = arguments.Switch("quick");
        string suites = arguments.Text("suite", quick ? "quick" : string.Join(',', CompareCases.Standard));
        int cores = Environment.ProcessorCount;
        return new CompareOptions
        {
            Servers = ServerSpec.Read(arguments, floor: true),
            Cases = Select(suites, arguments.Text("cases")),
            Rounds = (int)arguments.Integer("rounds", quick ? 3 : 5, 1, 1000),
            Seconds = arguments.Number("duration", quick ? 1 : 2, 0.1, 3600),
            WarmUpSeconds = arguments.Number("warm-up", 0.5, 0, 3600),
            ServerCore = (int)arguments.Integer("server-core", cores > 1 ? 0 : -1, -1, 1023),
            ClientCore = (int)arguments.Integer("client-core", cores > 1 ? 1 : -1, -1, 1023),
            LimitMinutes = arguments.Number("limit", quick ? 2 : 60, 0, 100_000),
            PatienceSeconds = arguments.Number("patience", 0, 0, 86_400),
            Output = arguments.Text("output", Path.Combine("artifacts", "perf")),
            Command = $"dotnet run -c Release --project perf/AotKv.Perf -- {string.Join(' ', words)}",
        };
    }

    private static List<CompareCase> Select(string suites, string? names)
    {
        string[] wantedSuites = suites.Split(',');
        foreach (string suite in wantedSuites)
        {
            if (suite != "all" && !CompareCases.Suites.Any(known => known.Name == suite))
            {
                throw new UsageException($"--suite does not know '{suite}' (--list prints the names)");
            }
        }

        List<CompareCase> chosen = [];
        foreach (CompareCase line in CompareCases.All)
        {
            bool wanted = names is null
                ? Array.Exists(wantedSuites, suite => suite == "all" || line.Suites.Contains(suite))
                : Array.Exists(names.Split(','), name => Matches(line.Name, name));
            if (wanted)
            {
                if (line.PeakShare > 0 && !chosen.Exists(other => other.Name == line.PeakName))
                {
                    chosen.Add(line with { PeakShare = 0, Depth = 1 });
                }

                chosen.Add(line);
            }
        }

        return chosen.Count > 0 ? chosen : throw new UsageException($"--cases chooses nothing: '{names}' (--list prints the names)");
    }

    private static bool Matches(string name, string pattern) => pattern.EndsWith('*')
        ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : name == pattern;

    private static void Write(CompareOptions options, CompareResults results)
    {
        Directory.CreateDirectory(options.Output);
        TextTable table = CompareReport.Table(options, results);
        File.WriteAllText(Path.Combine(options.Output, "compare.csv"), table.ToCsv());
        File.WriteAllText(Path.Combine(options.Output, "rounds.csv"), CompareReport.Rounds(options, results).ToCsv());
        File.WriteAllText(Path.Combine(options.Output, "compare.svg"), CompareChart.Svg(options, results));
        File.WriteAllText(Path.Combine(options.Output, "compare.md"), CompareReport.Markdown(options, results, "compare.svg"));
        Console.Out.WriteLine();
        Console.Out.Write(table.ToText());
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nreport: {Path.Combine(options.Output, "compare.md")}"));
    }

    private static bool HasErrors(CompareOptions options, CompareResults results)
    {
        bool errors = false;
        foreach (CompareCase line in options.Cases)
        {
            foreach (ServerSpec server in options.Servers)
            {
                foreach (LoadResult run in results.Rounds(line, server))
                {
                    if (run.Tally.Errors > 0)
                    {
                        string first = run.Tally.FirstError ?? "";
                        Console.Error.WriteLine($"{line.Name} on {server.Name}: {run.Tally.Errors} error replies, the first: {first}");
                        errors = true;
                    }
                }
            }
        }

        return errors;
    }
}
