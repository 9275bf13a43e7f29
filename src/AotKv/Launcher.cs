using System.Net;
using AotKv.CommandLine;
using AotKv.Engine;
using AotKv.Http;
using AotKv.Http.Security;
using AotKv.Process;
using AotKv.Server;
using AotKv.Server.Auth;
using AotKv.Server.Transport.Tls;
using AotKv.Top;

namespace AotKv;

/// <summary>The life of the process, in order: command line, background, privileges, listening, serving, stopping.</summary>
internal static class Launcher
{
    public static int Run(string[] arguments)
    {
        if (OperatingSystem.IsLinux())
        {
            ProcessCalls.FillStandardStreams();
        }

        if (arguments is ["top", ..])
        {
            return TopCommand.Run(arguments[1..]);
        }

        Daemon? daemon = Daemon.Recognize(ref arguments);
        IReadOnlyList<Mistake> mistakes = CommandLineParser.Parse(arguments, out LaunchOptions options);
        if (mistakes.Count > 0)
        {
            foreach (Mistake mistake in mistakes)
            {
                StandardError.Complain(mistake.Message);
            }

            return mistakes[0].ExitCode;
        }

        switch (options.Action)
        {
            case LaunchAction.Help:
                Console.Out.Write(Texts.Help);
                return ExitCode.Success;
            case LaunchAction.License:
                Console.Out.Write(Texts.License);
                return ExitCode.Success;
            case LaunchAction.Version:
                Console.Out.Write(Texts.Version);
                return ExitCode.Success;
            default:
                return options.Daemon && daemon == null ? Daemon.Start(arguments) : Serve(options, daemon);
        }
    }

    private static int Serve(LaunchOptions options, Daemon? daemon)
    {
        using StopSignals signals = new();
        int prepared = Prepare(options);
        if (prepared != ExitCode.Success)
        {
            return prepared;
        }

        try
        {
            ServerLog log = new(StandardError.Stream);
            using HttpDoor? http = HttpThreads.Prepare(options) is { } door ? HttpDoor.Start(door, log.Line) : null;
            RecoveryLines progress = new(log, Console.IsErrorRedirected ? null : StandardError.Stream, http?.Recovery);
            StoreOptions storeOptions = options.Store with
            {
                Log = log.Line,
                Progress = progress,
                Clock = options.Server.DebugCommands ? new DebugClock() : null,
            };
            using Store store = Open(storeOptions, progress);
            using KvServer server = KvServer.Start(options.Server with { Measures = http != null }, storeOptions, store, log, signals.Request);
            http?.Attach(store, () => server.Slowest);
            PortFile.Write(server.EndPoints, server.UdpEndPoints);
            signals.HangUp = () =>
            {
                ReloadLogins(options.Server, log);
                ReloadCertificates(options.Server, log);
                ReloadTokens(options.Http, log);
            };
            using PidFile? pidFile = options.PidFile == null ? null : PidFile.Write(options.PidFile);
            Announce(options.Server, server);
            AnnounceHttp(options.Http, http);
            daemon?.Complete(keepErrors: options.Server.Verbosity > 0, keepDirectory: options.DumpsCore);
            signals.Wait();
            Farewell(options.Server, signals, log);
            http?.Stop();
            server.Stop();
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is ListenException or HttpListenException)
        {
            StandardError.Complain(exception.Message);
            return ExitCode.System;
        }
        catch (DataDirectoryException exception)
        {
            StandardError.Complain(exception.Message);
            return exception is LogDamagedException ? ExitCode.Damaged : ExitCode.DataDirectory;
        }
        catch (InsufficientMemoryException)
        {
            StandardError.Complain("the system has no memory for the store; give a lower -m");
            return ExitCode.System;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            StandardError.Complain(exception.Message);
            return ExitCode.Failure;
        }
    }

    /// <summary>Limits and rights, in the order in which the rights allow; the exit code.</summary>
    private static int Prepare(LaunchOptions options)
    {
        foreach (string warning in options.Warnings)
        {
            StandardError.Complain(warning);
        }

        int raised = Limits.Raise(options, out string? message);
        Tell(message);
        if (raised != ExitCode.Success)
        {
            return raised;
        }

        int dropped = Privileges.Drop(options.User, out message);
        Tell(message);
        if (dropped == ExitCode.Success)
        {
            Tell(Limits.LockMemory(options));
        }

        return dropped;

        static void Tell(string? line)
        {
            if (line != null)
            {
                StandardError.Complain(line);
            }
        }
    }

    /// <summary>A chosen port is printed; a server that other machines can reach says so.</summary>
    private static void Announce(ServerOptions options, KvServer server)
    {
        if ((options.Port == 0 || options.UdpPort < 0) && options.UnixSocketPath == null)
        {
            string udp = server.UdpEndPoints.Count == 0 ? string.Empty : $" UDP {string.Join(" ", server.UdpEndPoints)}";
            Console.Out.WriteLine($"listening on {string.Join(" ", server.EndPoints)}{udp}");
            Console.Out.Flush();
        }

        foreach ((EndPoint endPoint, EndPointProtection protection) in server.EndPoints.Zip(server.Protections))
        {
            Warn(endPoint, protection);
        }

        foreach (EndPoint endPoint in server.UdpEndPoints)
        {
            Warn(endPoint, default);
        }
    }

    private static void Warn(EndPoint endPoint, EndPointProtection protection)
    {
        string lacks = protection switch
        {
            { IsEncrypted: false, IsAuthenticated: false } => "without authentication or encryption",
            { IsEncrypted: false } => "without encryption",
            { IsAuthenticated: false } => "without authentication",
            _ => string.Empty,
        };
        if (lacks.Length > 0 && endPoint is IPEndPoint address && !IPAddress.IsLoopback(address.Address))
        {
            StandardError.Complain($"listening on {endPoint}: reachable from other machines, {lacks}");
        }
    }

    /// <summary>As for the memcached port: a chosen port is printed, and so is what other machines can reach.</summary>
    private static void AnnounceHttp(HttpOptions? options, HttpDoor? http)
    {
        if (options == null || http == null)
        {
            return;
        }

        if (options.Listen.Any(address => address.Port == 0))
        {
            Console.Out.WriteLine($"listening on {string.Join(" ", options.Listen.Zip(http.EndPoints, (address, endPoint) => $"{Scheme(address)}://{endPoint}"))}");
            Console.Out.Flush();
        }

        foreach ((HttpAddress address, IPEndPoint endPoint) in options.Listen.Zip(http.EndPoints).Where(pair => !IPAddress.IsLoopback(pair.Second.Address)))
        {
            string?[] missing = [options.Tokens == null ? "authentication" : null, Scheme(address) == "http" ? "encryption" : null];
            string lacks = string.Join(" or ", missing.Where(what => what != null));
            StandardError.Complain($"listening on {Scheme(address)}://{endPoint}: reachable from other machines{(lacks.Length == 0 ? "" : ", without " + lacks)}");
        }

        string Scheme(HttpAddress address) => options.Tls == null || address.IsPlain ? "http" : "https";
    }

    /// <summary>Reads the password file again; one that is bad now changes nothing.</summary>
    private static void ReloadLogins(ServerOptions options, ServerLog log)
    {
        try
        {
            ((options.TextLogins ?? options.SaslLogins) as PasswordFile)?.Reload();
        }
        catch (PasswordFileException exception)
        {
            log.Line($"the logins stay as they were: password file {exception.Message}");
        }
    }

    private static Store Open(StoreOptions options, RecoveryLines progress)
    {
        try
        {
            return new Store(options);
        }
        finally
        {
            progress.End();
        }
    }

    /// <summary>Reads the certificates again; when one is bad now, new connections get those of before.</summary>
    private static void ReloadCertificates(ServerOptions options, ServerLog log)
    {
        try
        {
            options.Certificates?.Reload();
        }
        catch (TlsException exception)
        {
            log.Line($"the certificates stay as they were: {exception.Message}");
        }
    }

    /// <summary>The same for the tokens of the HTTP door.</summary>
    private static void ReloadTokens(HttpOptions? options, ServerLog log)
    {
        try
        {
            options?.Tokens?.Reload();
        }
        catch (TokenFileException exception)
        {
            log.Line($"the tokens stay as they were: {exception.Message}");
        }
    }

    private static void Farewell(ServerOptions options, StopSignals signals, ServerLog log)
    {
        if (signals.IsGraceful)
        {
            log.Line("Gracefully stopping");
        }
        else if (options.Verbosity > 0)
        {
            log.Line("Exiting normally");
        }
    }
}
