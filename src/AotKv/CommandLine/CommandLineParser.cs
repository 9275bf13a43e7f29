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
        else if (!ApplyTuning(parsed.Option.Letter, parsed.Argument ?? string.Empty) && !ApplyHttp(parsed.Option.Letter, parsed.Argument ?? string.Empty))
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
                Backlog(argument);
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
            case 'B':
                Protocol(argument);
                break;
            case 'S':
                _hasSasl = true;
                break;
            case 'Z':
                _hasTls = true;
                break;
            case 'Y':
                _passwordPath = argument;
                break;
            case 'u':
                _options = _options with { User = argument };
                break;
            case OptionSpec.ConfigurationFile:
                ReadFile(argument);
                break;
            case OptionSpec.Transport:
                Transport(argument);
                break;
            case OptionSpec.DataDirectory:
                DataDirectory(argument);
                break;
            case OptionSpec.Sync:
                Sync(argument);
                break;
            case OptionSpec.DeadSpace:
                DeadSpace(argument);
                break;
            case 'e':
                MemoryFile(argument);
                break;
            default:
                ApplySwitch(letter);
                break;
        }
    }

    /// <summary>The options of a file stand in place of the option that names it.</summary>
    private void ReadFile(string path)
    {
        try
        {
            IReadOnlyList<string> words = ConfigurationFile.Read(path, out IReadOnlyList<string> mistakes);
            foreach (string mistake in mistakes)
            {
                Fail(ExitCode.Usage, mistake);
            }

            foreach (ParsedOption parsed in Getopt.Parse(words, OptionTable.All))
            {
                if (parsed.Option?.Letter == OptionSpec.ConfigurationFile)
                {
                    Fail(ExitCode.Usage, $"{path}: a configuration file cannot name another one");
                }
                else
                {
                    Apply(parsed);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Fail(ExitCode.Failure, $"--memcached-conf {path}: {exception.Message}");
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
            case 'k':
                _options = _options with { LocksMemory = true };
                break;
            case 'r':
                _options = _options with { DumpsCore = true };
                break;
            case 'L':
                Store = Store with { LargePages = true };
                break;
            case 'C':
                Server = Server with { CasDisabled = true };
                break;
            case 'X':
                Server = Server with { DumpDisabled = true };
                break;
            case 'W':
                Server = Server with { WatchDisabled = true };
                break;
            case OptionSpec.DebugCommands:
                Server = Server with { DebugCommands = true };
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
            BufferLimitBytes = _readBufferLimitBytes > 0
                ? _readBufferLimitBytes
                : ServerOptions.BufferLimitFor(Store.MemoryLimitBytes, Store.MaxItemBytes),
        };
        FinishListening();
        FinishTuning();
        FinishLogins();
        FinishTls();
        FinishHttp();
        foreach (string mistake in Server.Check())
        {
            Fail(ExitCode.Usage, mistake);
        }
    }

    private void Fail(int exitCode, string message) => _mistakes.Add(new(exitCode, message));
}
