using System.IO.Enumeration;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AotKv.Perf.Cli;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Http;

/// <summary><c>http</c>: what the HTTP door does in a second, and what it does to the memcached port.</summary>
internal static class HttpCommand
{
    /// <summary>The name under which <c>compare --suite</c> leads here.</summary>
    public const string Suite = "http";

    public const string Help = """
          http         the HTTP door: requests a second beside memstore's, and the memcached port while the door is busy (Linux)
            --aotkv PATH            the published binary                   [artifacts/publish/linux-x64/aotkv]
            --part LIST             of door, beside                        [door,beside]
            --cases LIST            some lines, as get-1-c8 or open-get-1-busy; * stands for anything   [*]
            --rounds N              measurements of each                   [5]
            --duration SECONDS      of each                                [2]
            --warm-up SECONDS       before each                            [0.5]
            --rate N                memcached requests a second beside the door   [20000]
            --client-nice N         priority of the thread that asks the door beside the memcached port, 0 to 19   [0]
            --server-args WORDS     further flags of the server, with blanks between them
            --output FOLDER         for http.md, http-beside.md and their CSV   [artifacts/perf]
        """;

    public static int Run(ArgumentReader arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("this needs Linux: it reads processor times from the kernel");
        }

        HttpOptions options = Read(arguments);
        string[] parts = arguments.Text("part", "door,beside").Split(',');
        arguments.End();
        if (Array.Find(parts, part => part is not ("door" or "beside")) is { } unknown)
        {
            throw new UsageException($"--part does not know '{unknown}'");
        }

        ServerSpec.RequirePresent([new MemcachedSpec(ServerSpec.OwnName, options.Program)]);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Abort);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Abort);
        if (options.Cases.Count + options.BesideCases.Count == 0)
        {
            string names = string.Join(' ', [.. HttpCase.All.Select(line => line.Name), .. BesideCase.All.Select(line => line.Name)]);
            throw new UsageException($"--cases chooses none of {names}");
        }

        if (parts.Contains("door") && options.Cases.Count > 0)
        {
            DoorSuite.Run(options);
        }

        if (parts.Contains("beside") && options.BesideCases.Count > 0)
        {
            BesideSuite.Run(options);
        }

        return 0;
    }

    /// <summary>
    /// Starts the server as all lines use it, not bound to a core, since client and server share the machine; waits until the door is open.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static ServerProcess Start(HttpOptions options, out HttpSpec spec)
    {
        spec = HttpSpec.AtFreePort(options.Program) with { More = options.ServerArguments };
        ServerProcess server = ServerProcess.Start(spec, new ServerSettings(256, UnixSocket: false, StandardScenarios.ReadHeavy), core: -1);
        try
        {
            WaitForDoor(spec.Door);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>The memcached port may answer a moment before the door does.</summary>
    private static void WaitForDoor(Target door)
    {
        byte[] reply = new byte[1024];
        for (int i = 0; i < 1000; i++)
        {
            using Socket socket = door.Connect();
            socket.ReceiveTimeout = 5000;
            socket.Send("GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8);
            if (socket.Receive(reply) > 0 && reply.AsSpan().StartsWith("HTTP/1.1 200 "u8))
            {
                return;
            }

            Thread.Sleep(5);
        }

        throw new InvalidOperationException("the HTTP door does not become ready");
    }

    private static HttpOptions Read(ArgumentReader arguments)
    {
        string[] patterns = arguments.Text("cases", "*").Split(',');
        return new HttpOptions
        {
            Program = Path.GetFullPath(arguments.Text("aotkv", "artifacts/publish/linux-x64/aotkv")),
            Cases = [.. HttpCase.All.Where(line => Array.Exists(patterns, pattern => Matches(line.Name, pattern)))],
            BesideCases = [.. BesideCase.All.Where(line => Array.Exists(patterns, pattern => Matches(line.Name, pattern)))],
            Rounds = (int)arguments.Integer("rounds", 5, 1, 1000),
            Seconds = arguments.Number("duration", 2, 0.1, 3600),
            WarmUpSeconds = arguments.Number("warm-up", 0.5, 0, 3600),
            Rate = arguments.Number("rate", 20_000, 1, 1e7),
            ClientNice = (int)arguments.Integer("client-nice", 0, 0, 19),
            ServerArguments = arguments.Text("server-args", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Output = arguments.Text("output", Path.Combine("artifacts", "perf")),
        };
    }

    private static bool Matches(string name, string pattern) => FileSystemName.MatchesSimpleExpression(pattern, name);

    private static void Abort(PosixSignalContext context) => ServerProcess.KillAll();
}

/// <summary>How the door is measured.</summary>
internal sealed record HttpOptions
{
    public required string Program { get; init; }

    public required IReadOnlyList<HttpCase> Cases { get; init; }

    public required IReadOnlyList<BesideCase> BesideCases { get; init; }

    public required int Rounds { get; init; }

    public required double Seconds { get; init; }

    public required double WarmUpSeconds { get; init; }

    /// <summary>Requests a second of the open loop on the memcached port.</summary>
    public required double Rate { get; init; }

    public required int ClientNice { get; init; }

    public required IReadOnlyList<string> ServerArguments { get; init; }

    public required string Output { get; init; }
}
