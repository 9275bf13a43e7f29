using AotKv.Process;

namespace AotKv.Top;

/// <summary><c>aotkv top</c>: a server's figures in a terminal, over its memcached port.</summary>
internal static class TopCommand
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (TopOptions.Parse(arguments, out TopOptions options) is { } mistake)
        {
            StandardError.Complain($"top: {mistake}");
            return ExitCode.Usage;
        }

        if (options.WantsHelp)
        {
            Console.Out.Write(TopOptions.Help);
            return ExitCode.Success;
        }

        try
        {
            using StatsClient client = StatsClient.Connect(options.EndPoint, options.Address);
            StatsSample first = client.Take();
            return options.IsOnce || Console.IsOutputRedirected || Console.IsInputRedirected ? PrintOnce(options, client, first) : Watch(options, client, first);
        }
        catch (TopException exception)
        {
            StandardError.Complain($"top: {exception.Message}");
            return ExitCode.Failure;
        }
    }

    private static int PrintOnce(TopOptions options, StatsClient client, StatsSample first)
    {
        Thread.Sleep(TimeSpan.FromSeconds(options.IntervalSeconds));
        foreach (string line in TopView.Lines(options.Address, first, client.Take()))
        {
            Console.Out.WriteLine(line);
        }

        Console.Out.Flush();
        return ExitCode.Success;
    }

    private static int Watch(TopOptions options, StatsClient client, StatsSample before)
    {
        using TopScreen screen = new();
        TopScreen.Draw([$"{options.Address}: looking for {options.IntervalSeconds} s ..."]);
        while (screen.Wait(options.IntervalSeconds))
        {
            StatsSample now = client.Take();
            TopScreen.Draw([.. TopView.Lines(options.Address, before, now), "", "q quits"]);
            before = now;
        }

        return ExitCode.Success;
    }
}
