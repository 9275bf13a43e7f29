using AotKv.Engine;
using AotKv.Server;

namespace AotKv.CommandLine;

/// <summary>
/// Turns a command line into <see cref="LaunchOptions"/>. It collects every mistake; of a repeated option the last counts, except for
/// <c>-l</c> and <c>-v</c>, which add up.
/// </summary>
internal sealed partial class CommandLineParser
{
    private readonly List<Mistake> _mistakes = [];
    private readonly List<ListenAddress> _listen = [];
    private LaunchOptions _options = new();

    private CommandLineParser()
    {
    }

    private ServerOptions Server
    {
        get => _options.Server;
        set => _options = _options with { Server = value };
    }

    private StoreOptions Store
    {
        get => _options.Store;
        set => _options = _options with { Store = value };
    }

    /// <summary>Reads a command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="options">What it says; its defaults where a mistake was made.</param>
    /// <returns>All mistakes, in the order of the command line.</returns>
    public static IReadOnlyList<Mistake> Parse(IReadOnlyList<string> arguments, out LaunchOptions options)
    {
        CommandLineParser parser = new();
        foreach (ParsedOption parsed in Getopt.Parse(arguments, OptionTable.All))
        {
            parser.Apply(parsed);
            if (parser._options.Action != LaunchAction.Serve && parser._mistakes.Count == 0)
            {
                options = parser._options;
                return [];
            }
        }

        parser.Finish();
        options = parser._options;
        return parser._mistakes;
    }

    private void Apply(ParsedOption parsed)
    {
        if (parsed.Mistake != null)
        {
            Fail(ExitCode.Failure, $"{parsed.Mistake}; 'aotkv -h' lists the options");
        }
        else if (parsed.Option!.Refusal is { } refusal)
        {
            Fail(ExitCode.Usage, $"{parsed.Option}: {refusal}");
        }
        else
        {
            Apply(parsed.Option.Letter, parsed.Argument ?? string.Empty);
        }
    }

    private void Apply(char letter, string argument)
    {
        switch (letter)
        {
            case 'p':
                Port(argument);
                break;
            case 'l':
                Listen(argument);
                break;
            case 'm':
                Memory(argument);
                break;
            case 'I':
                ItemSize(argument);
                break;
            case 'c':
                Positive(letter, argument, "Maximum connections", ServerOptions.MaxConnectionsCeiling, n => Server = Server with { MaxConnections = n });
                break;
            case 't':
                Positive(letter, argument, "Number of threads", ServerOptions.MaxThreads, n => Server = Server with { Threads = n });
                break;
            case 'R':
                Positive(letter, argument, "Number of requests per event", int.MaxValue, n => Server = Server with { RequestsPerEvent = n });
                break;
            case 'b':
                Positive(letter, argument, "Listen backlog", int.MaxValue, n => Server = Server with { Backlog = n });
                break;
            case 'U':
                Udp(argument);
                break;
            case 's':
                UnixSocket(argument);
                break;
            case 'a':
                UnixMask(argument);
                break;
            case 'P':
                PidFile(argument);
                break;
            case 'u':
                _options = _options with { User = argument };
                break;
            case OptionSpec.DataDirectory:
                DataDirectory(argument);
                break;
            case OptionSpec.Sync:
                Sync(argument);
                break;
            case 'e':
                MemoryFile(argument);
                break;
            default:
                ApplySwitch(letter);
                break;
        }
    }

    private void ApplySwitch(char letter)
    {
        switch (letter)
        {
            case 'M':
                Store = Store with { EvictionDisabled = true };
                break;
            case 'v':
                Server = Server with { Verbosity = Server.Verbosity + 1 };
                break;
            case 'F':
                Server = Server with { FlushDisabled = true };
                break;
            case OptionSpec.Repair:
                Store = Store with { Repair = true };
                break;
            case 'A':
                Server = Server with { ShutdownEnabled = true };
                break;
            case 'd':
                _options = _options with { Daemon = true };
                break;
            default:
                _options = _options with
                {
                    Action = letter == 'h' ? LaunchAction.Help : letter == 'V' ? LaunchAction.Version : LaunchAction.License,
                };
                break;
        }
    }

    private void Port(string argument)
    {
        if (!Quantity.TryNumber(argument, out int port) || port is < -1 or > 65535)
        {
            Fail(ExitCode.Usage, $"ERROR: Invalid port number {argument}. Give -p 1 to 65535, or 0 for a free port");
            return;
        }

        Server = Server with { Port = Math.Max(port, 0) };
    }

    private void Udp(string argument)
    {
        if (argument is not ("0" or "off"))
        {
            Fail(ExitCode.Usage, $"-U/--udp-port {argument}: UDP is not supported by this server; leave -U out, or give -U 0");
        }
    }

    private void Listen(string argument)
    {
        foreach (string text in argument.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (text.StartsWith("notls:", StringComparison.Ordinal) || text.StartsWith("btls:", StringComparison.Ordinal)
                || text.StartsWith("mtls:", StringComparison.Ordinal))
            {
                Fail(ExitCode.System, $"-l {text}: '{text[..text.IndexOf(':', StringComparison.Ordinal)]}' option is valid only when SSL is enabled");
            }
            else if (text.StartsWith("proto[", StringComparison.Ordinal) || text.StartsWith("tag[", StringComparison.Ordinal)
                || text.StartsWith("tag_", StringComparison.Ordinal))
            {
                Fail(ExitCode.Usage, $"-l {text}: listener protocols and tags are not supported by this server; give HOST or HOST:PORT");
            }
            else if (ListenAddress.TryParse(text, out ListenAddress address))
            {
                _listen.Add(address);
            }
            else
            {
                Fail(ExitCode.System, $"-l {text}: not an address; give HOST, HOST:PORT, [IPV6]:PORT or *");
            }
        }
    }

    private void Memory(string argument)
    {
        if (!Quantity.TrySize(argument, 1 << 20, out long bytes) || bytes is < StoreOptions.MinMemoryLimitBytes or > StoreOptions.MaxMemoryLimitBytes)
        {
            Fail(ExitCode.Usage, $"-m {argument}: the memory limit must be 1 to {StoreOptions.MaxMemoryLimitBytes >> 20} megabytes");
            return;
        }

        Store = Store with { MemoryLimitBytes = bytes };
    }

    private void ItemSize(string argument)
    {
        if (!Quantity.TrySize(argument, 1, out long bytes))
        {
            Fail(ExitCode.Usage, $"-I {argument}: not a size; give bytes, or a number with k, m or g behind it");
            return;
        }

        Store = Store with { MaxItemBytes = bytes };
    }

    private void UnixSocket(string argument)
    {
        if (argument.Length == 0)
        {
            Fail(ExitCode.Usage, "-s: the path of the unix socket is empty");
            return;
        }

        Server = Server with { UnixSocketPath = Path.GetFullPath(argument) };
    }

    private void UnixMask(string argument)
    {
        if (!Quantity.TryOctal(argument, out int mode) || mode > 511)
        {
            Fail(ExitCode.Usage, $"-a {argument}: not octal permissions; give 0 to 777, for instance 770");
            return;
        }

        Server = Server with { UnixSocketMode = mode };
    }

    private void PidFile(string argument)
    {
        if (argument.Length == 0)
        {
            Fail(ExitCode.Usage, "-P: the path of the pid file is empty");
            return;
        }

        _options = _options with { PidFile = Path.GetFullPath(argument) };
    }

    private void Positive(char letter, string argument, string what, int most, Action<int> set)
    {
        if (!Quantity.TryNumber(argument, out int number) || number <= 0)
        {
            Fail(ExitCode.Failure, $"{what} must be greater than 0, not -{letter} {argument}");
        }
        else if (number > most)
        {
            Fail(ExitCode.Failure, $"{what} must be at most {most}, not -{letter} {argument}");
        }
        else
        {
            set(number);
        }
    }

    /// <summary>The rules between options.</summary>
    private void Finish()
    {
        FinishDurability();
        if (Store.MaxItemBytes < 1024)
        {
            Fail(ExitCode.Usage, "Item max size cannot be less than 1024 bytes. Give -I 1k or more");
        }
        else if (Store.MaxItemBytes > Store.MemoryLimitBytes / 2)
        {
            Fail(ExitCode.Usage,
                $"Cannot set item size limit higher than 1/2 of memory max. Give -m {((Store.MaxItemBytes * 2) + (1 << 20) - 1) >> 20} or more, or a lower -I");
        }
        else if (Store.MaxItemBytes > StoreOptions.MaxItemBytesCeiling)
        {
            Fail(ExitCode.Usage, "Cannot set item size limit higher than a gigabyte. Give -I 1g or less");
        }

        Server = Server with
        {
            Listen = _listen,
            BufferLimitBytes = ServerOptions.BufferLimitFor(Store.MemoryLimitBytes, Store.MaxItemBytes),
        };
        foreach (string mistake in Server.Check())
        {
            Fail(ExitCode.Usage, mistake);
        }
    }

    private void Fail(int exitCode, string message) => _mistakes.Add(new(exitCode, message));
}
