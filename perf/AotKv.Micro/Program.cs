using System.Globalization;
using AotKv.Micro;
using AotKv.Perf.Cli;

const int UsageError = 64;
const string Help = """
    usage: AotKv.Micro [OPTIONS]   the engine's operations, one thread, 16-byte keys, 100-byte values
      --keys LIST       sizes of the working set     [10000,1000000]
      --rounds N        timings of each              [9]
      --only TEXT       only operations whose names begin with this (what they rely on is done untimed)
      --large-pages     records in large pages (memcached's -L)
      --markdown        print Markdown
      --json FILE       also write JSON
      --no-dictionary   leave ConcurrentDictionary out
    other suites: AotKv.Micro transactions, AotKv.Micro pauses
    """;

if (args is ["pauses", .. string[] rest])
{
    try
    {
        return PauseSuite.Run(new ArgumentReader(rest));
    }
    catch (UsageException mistake)
    {
        Console.Error.WriteLine($"AotKv.Micro: {mistake.Message}\n{PauseSuite.Help}");
        return UsageError;
    }
}

if (args is ["transactions", .. string[] options])
{
    try
    {
        return TransactionSuite.Run(new ArgumentReader(options));
    }
    catch (UsageException mistake)
    {
        Console.Error.WriteLine($"AotKv.Micro: {mistake.Message}\n{TransactionSuite.Help}");
        return UsageError;
    }
}

if (args is ["help" or "--help" or "-h"])
{
    Console.Out.WriteLine(Help);
    return 0;
}

try
{
    var arguments = new ArgumentReader(args);
    int[] sizes = Array.ConvertAll(
        arguments.Text("keys", "10000,1000000").Split(','),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size is > 0 and <= 100_000_000
            ? size
            : throw new UsageException($"--keys wants numbers from 1 to 100000000, not '{text}'"));
    int rounds = (int)arguments.Integer("rounds", 9, 1, 1000);
    string only = arguments.Text("only", "");
    bool largePages = arguments.Switch("large-pages");
    bool markdown = arguments.Switch("markdown");
    bool withDictionary = !arguments.Switch("no-dictionary");
    string? jsonPath = arguments.Text("json");
    arguments.End();

    var timer = new AotKv.Micro.Timer(rounds, only);
    foreach (int size in sizes)
    {
        var keys = new KeySet(size);
        using (var engine = new EngineSuite(keys, largePages))
        {
            engine.Run(timer);
        }

        if (withDictionary)
        {
            new DictionarySuite(keys).Run(timer);
        }
    }

    Console.Out.Write(Report.Table(timer.Measurements, markdown));
    Console.Out.WriteLine(
        $"\n{Report.Compilation} code, .NET {Environment.Version}, {ThreadClock.Kind}, {rounds} rounds; random order but for new keys");
    if (jsonPath is not null)
    {
        Report.WriteJson(jsonPath, timer.Measurements);
    }

    return 0;
}
catch (UsageException mistake)
{
    Console.Error.WriteLine($"AotKv.Micro: {mistake.Message}");
    return UsageError;
}
