using System.Globalization;
using System.Net.Sockets;
using AotKv.Perf.Cli;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Connections;

/// <summary><c>connections</c>: what it costs to open and close one, and what an idle one holds.</summary>
internal static class ConnectionsCommand
{
    public const string Help = """
          connections  connections opened and closed in a second, and the memory of idle ones (Linux)
            --memcached LIST        PATH or NAME=PATH, several with commas; ratios are to the first   [/usr/bin/memcached]
            --aotkv PATH|none       the published binary                   [artifacts/publish/linux-x64/aotkv]
            --idle N                idle connections, each after one get   [10000]
            --rounds N              measurements of each                   [3]
            --duration SECONDS      of opening and closing                 [1]
            --server-core N         core of the servers; -1 any            [0]
            --client-core N         core of this program; -1 any           [1]
            --output FOLDER         for connections.md and connections.csv [artifacts/perf]
        """;

    private const int MemoryMegabytes = 64;
    private const double SettleSeconds = 0.3;

    public static int Run(ArgumentReader arguments)
    {
        List<ServerSpec> servers = ServerSpec.Read(arguments, floor: false);
        int idle = (int)arguments.Integer("idle", 10_000, 1, 11_000);
        int rounds = (int)arguments.Integer("rounds", 3, 1, 1000);
        double seconds = arguments.Number("duration", 1, 0.1, 3600);
        int serverCore = (int)arguments.Integer("server-core", Environment.ProcessorCount > 1 ? 0 : -1, -1, 1023);
        int clientCore = (int)arguments.Integer("client-core", Environment.ProcessorCount > 1 ? 1 : -1, -1, 1023);
        string output = arguments.Text("output", Path.Combine("artifacts", "perf"));
        arguments.End();
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("this needs Linux: it reads processor times and memory from the kernel");
        }

        ServerSpec.RequirePresent(servers);
        if (clientCore >= 0)
        {
            Affinity.BindProcess(clientCore);
        }

        var results = servers.ConvertAll(_ => new List<Measured>());
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < servers.Count; i++)
            {
                int index = (i + round) % servers.Count;
                var settings = new ServerSettings(MemoryMegabytes, UnixSocket: false, StandardScenarios.ReadHeavy);
                using ServerProcess server = ServerProcess.Start(servers[index], settings, serverCore);
                Measured measured = Measure(server, idle, seconds);
                results[index].Add(measured);
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round + 1} {servers[index].Name,-16} {measured.PerSecond:N0} connections/s, {measured.BytesPerIdle:N0} bytes each"));
            }
        }

        TextTable table = Table(servers, results, idle);
        ReportFiles.Write(output, "connections", table, $"""
            # Connections

            Medians of {rounds} rounds of {seconds} s; `-t 1 -m {MemoryMegabytes}`. A connection is opened, asked for the version, and closed, one at a time.
            Idle ones are {idle:N0} that have each been asked one get; their memory is what the process's resident memory grows by.
            """);
        return 0;
    }

    private static TextTable Table(List<ServerSpec> servers, List<List<Measured>> results, int idle)
    {
        Spread Of(int server, Func<Measured, double> figure) => Spread.Of(results[server].ConvertAll(measured => figure(measured)));
        var table = new TextTable(
            "<server", "connections/s", "CPU us each", $"CPU / {servers[0].Name}", "min..max", "RSS MB", $"RSS MB with {idle} idle", "bytes per idle");
        for (int i = 0; i < servers.Count; i++)
        {
            Spread cpu = Of(i, measured => measured.CpuNanoseconds);
            double first = Of(0, measured => measured.CpuNanoseconds).Median;
            table.Add(
                servers[i].Name, Units.Count(Of(i, measured => measured.PerSecond).Median), Units.Microseconds(cpu.Median),
                Units.Ratio(cpu.Median / first), $"{Units.Ratio(cpu.Min / first)}..{Units.Ratio(cpu.Max / first)}",
                Units.Megabytes(Of(i, measured => measured.ResidentBefore).Median),
                Units.Megabytes(Of(i, measured => measured.ResidentWithIdle).Median),
                Units.Count(Of(i, measured => measured.BytesPerIdle).Median));
        }

        return table;
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static Measured Measure(ServerProcess server, int idle, double seconds)
    {
        // The first connections make what every later one uses.
        for (int i = 0; i < 100; i++)
        {
            AskAndClose(server.Target);
        }

        long before = ProcessMeter.ResidentBytes(server.Id);
        long cpu = ProcessMeter.CpuNanoseconds(server.Id);
        long start = Nanoseconds.Now();
        long opened = 0;
        while (Nanoseconds.Now() - start < seconds * 1e9)
        {
            AskAndClose(server.Target);
            opened++;
        }

        double took = (Nanoseconds.Now() - start) / 1e9;
        cpu = ProcessMeter.CpuNanoseconds(server.Id) - cpu;
        List<Socket> sockets = [];
        try
        {
            byte[] reply = new byte[64];
            for (int i = 0; i < idle; i++)
            {
                Socket socket = server.Target.Connect();
                socket.Blocking = true;
                sockets.Add(socket);
                socket.Send("get nothing\r\n"u8);
                socket.Receive(reply);
            }

            Thread.Sleep(TimeSpan.FromSeconds(SettleSeconds));
            long with = ProcessMeter.ResidentBytes(server.Id);
            return new Measured(opened / took, (double)cpu / opened, before, with, (double)(with - before) / idle);
        }
        finally
        {
            sockets.ForEach(Abort);
        }
    }

    private static void AskAndClose(Target target)
    {
        Span<byte> reply = stackalloc byte[128];
        Socket socket = target.Connect();
        socket.Blocking = true;
        socket.Send("version\r\n"u8);
        socket.Receive(reply);
        Abort(socket);
    }

    /// <summary>Closes with a reset: the port is free at once, where an orderly end would keep it for a minute.</summary>
    private static void Abort(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private sealed record Measured(double PerSecond, double CpuNanoseconds, long ResidentBefore, long ResidentWithIdle, double BytesPerIdle);
}
