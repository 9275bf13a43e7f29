using AotKv.Perf.Cli;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Driver;

/// <summary><c>load</c>: drives one server and prints what was measured.</summary>
internal static class LoadCommand
{
    public const string Help = """
          load         drive one server
            --address ADDRESS       host:port or unix:path                 [127.0.0.1:11211]
            --protocol NAME         classic, meta or binary                [classic]
            --scenario NAME         get90 get50 get set mget10 mget100 incr sessions  [get90]
            --steps LIST            instead of the scenario's: get:90,set:10,get*100:1,delete:1,incr:1,touch:1,gat:1
            --keys N                how many keys                          [100000]
            --key-size N            bytes of a key, 9 to 250               [16]
            --distribution D        uniform, zipf:THETA, sequential        [uniform]
            --values SIZES          100, 10-1000 or 100:90,5000:10         [100]
            --ttl SECONDS           time to live of what is stored         [0, for ever]
            --connections N                                                [50]
            --depth N               closed loop: requests in flight on each connection  [1]
            --window batch|slide    send depth requests when all are answered, or each as one is answered  [batch]
            --rate N                open loop: requests per second over all connections; latency counts from the intended time
            --arrival fixed|poisson open loop: how requests follow each other  [fixed]
            --threads N             threads of the client                  [1]
            --cores LIST            cores to bind the threads to, as 1 or 1,2
            --duration SECONDS      measured time                          [10]
            --warm-up SECONDS       load before it                         [1]
            --requests N            end after this many measured requests (the duration is then the longest it may take)
            --no-populate           do not store every key first
            --verify                check every key, flag and byte of every value
            --server-pid N          report this process's processor time and memory (Linux)
            --spin                  never sleep: the server then does not pay for waking the client
            --portable              use the framework's sockets also on Linux
            --tls                   speak TLS; any certificate will do (Linux, OpenSSL 3)
            --seed N                seed of the requests                   [1]
            --json                  print JSON
        """;

    public static int Run(ArgumentReader arguments)
    {
        bool json = arguments.Switch("json");
        LoadOptions options = Read(arguments);
        arguments.End();
        LoadResult result = LoadRun.Execute(options);
        Console.Out.Write(json ? LoadReport.Json(options, result) : LoadReport.Text(options, result));
        return result.Tally.Errors == 0 ? 0 : 2;
    }

    private static LoadOptions Read(ArgumentReader arguments)
    {
        string address = arguments.Text("address", "127.0.0.1:11211");
        string protocol = arguments.Text("protocol", "classic");
        if (WireProtocol.Find(protocol) is null)
        {
            throw new UsageException($"--protocol wants one of {WireProtocol.Names}, not '{protocol}'");
        }

        return new LoadOptions
        {
            Target = Target.Parse(address) ?? throw new UsageException($"--address cannot be read: '{address}'"),
            Scenario = ReadScenario(arguments),
            Protocol = protocol,
            Connections = (int)arguments.Integer("connections", 50, 1, 100_000),
            Depth = (int)arguments.Integer("depth", 1, 1, 10_000),
            SlidingWindow = Choice(arguments, "window", "batch", "slide"),
            Rate = arguments.Number("rate", 0, 0, 1e8),
            Arrival = Choice(arguments, "arrival", "fixed", "poisson") ? Arrival.Poisson : Arrival.Fixed,
            Threads = (int)arguments.Integer("threads", 1, 1, 256),
            Cores = ReadCores(arguments.Text("cores")),
            Populate = !arguments.Switch("no-populate"),
            WarmUpSeconds = arguments.Number("warm-up", 1, 0, 3600),
            Seconds = arguments.Number("duration", 10, 0.1, 86_400),
            Requests = arguments.Integer("requests", 0, 0, long.MaxValue),
            Verify = arguments.Switch("verify"),
            Spin = arguments.Switch("spin"),
            PortableNetwork = arguments.Switch("portable"),
            Secured = arguments.Switch("tls"),
            Seed = (ulong)arguments.Integer("seed", 1, 0, long.MaxValue),
            ServerProcess = (int)arguments.Integer("server-pid", 0, 0, int.MaxValue),
        };
    }

    private static Scenario ReadScenario(ArgumentReader arguments)
    {
        string name = arguments.Text("scenario", "get90");
        Scenario scenario = StandardScenarios.Find(name) ?? throw new UsageException($"--scenario does not know '{name}'");
        if (arguments.Text("steps") is { } text)
        {
            if (!Step.TryParse(text, out Step[] steps))
            {
                throw new UsageException($"--steps cannot be read: '{text}'");
            }

            bool counts = Array.Exists(steps, step => step.Kind == StepKind.Increment);
            scenario = scenario with { Name = "custom", Steps = steps, NumericValues = counts };
        }

        if (arguments.Text("values") is { } sizes)
        {
            scenario = ValueSizes.TryParse(sizes, out ValueSizes values)
                ? scenario with { Values = values }
                : throw new UsageException($"--values cannot be read: '{sizes}'");
        }

        return scenario with
        {
            TtlSeconds = (int)arguments.Integer("ttl", scenario.TtlSeconds, 0, int.MaxValue),
            Keys = ReadDistribution(arguments, scenario.Keys) with
            {
                Count = (uint)arguments.Integer("keys", scenario.Keys.Count, 1, uint.MaxValue),
                SizeBytes = (int)arguments.Integer("key-size", scenario.Keys.SizeBytes, KeySpace.MinSizeBytes, KeySpace.MaxSizeBytes),
            },
        };
    }

    private static KeySpace ReadDistribution(ArgumentReader arguments, KeySpace keys)
    {
        string text = arguments.Text("distribution", "uniform");
        string[] parts = text.Split(':');
        return parts[0] switch
        {
            "uniform" when parts.Length == 1 => keys with { Distribution = KeyDistribution.Uniform },
            "sequential" when parts.Length == 1 => keys with { Distribution = KeyDistribution.Sequential },
            "zipf" when parts.Length == 1 => keys with { Distribution = KeyDistribution.Zipf },
            "zipf" when parts.Length == 2
                && double.TryParse(parts[1], System.Globalization.CultureInfo.InvariantCulture, out double theta) && theta is > 0 and <= 10
                => keys with { Distribution = KeyDistribution.Zipf, Theta = theta },
            _ => throw new UsageException($"--distribution wants uniform, sequential or zipf:THETA, not '{text}'"),
        };
    }

    private static int[] ReadCores(string? text) => text is null ? [] : Array.ConvertAll(
        text.Split(','),
        part => int.TryParse(part, out int core) && core >= 0 ? core : throw new UsageException($"--cores cannot be read: '{text}'"));

    private static bool Choice(ArgumentReader arguments, string name, string otherwise, string special)
    {
        string text = arguments.Text(name, otherwise);
        return text == special || text == otherwise
            ? text == special
            : throw new UsageException($"--{name} wants {otherwise} or {special}, not '{text}'");
    }
}
