using System.Globalization;
using System.Text;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>Clients that do what no client should. The server stays alive, answers the others, and its memory stays bounded.</summary>
public sealed class HostileClientTests
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>The store (64 MiB), the buffers of all connections (64 MiB), and the program itself.</summary>
    private const long MemoryBoundBytes = (64 + 64 + 40) * Mebibyte;

    [Fact]
    public void Random_bytes_leave_the_server_alive_and_bounded() => AttackForSeconds(5, (random, bytes) => random.NextBytes(bytes));

    [Fact]
    public void Random_words_of_the_protocol_leave_the_server_alive_and_bounded() => AttackForSeconds(5, FillWithWords);

    [Fact]
    public void Clients_that_never_read_are_not_read_from_for_ever()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        Store(server, "k", 500_000);
        var clients = Enumerable.Range(0, 20).Select(_ => new WireConnection(server.EndPoint)).ToArray();
        try
        {
            var requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("get k\r\n", 20_000)));
            foreach (var client in clients)
                client.WriteWithoutWaiting(requests);
            AssertServes(server);
            Thread.Sleep(500);
            AssertServes(server);
            AssertBounded(server);
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }

        AssertServes(server);
    }

    [Fact]
    public void Uploads_that_never_end_are_bounded()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        var clients = Enumerable.Range(0, 300).Select(_ => new WireConnection(server.EndPoint)).ToArray();
        try
        {
            var start = Encoding.ASCII.GetBytes("set k 0 0 1000000\r\n" + new string('x', 900_000));
            foreach (var client in clients)
                client.WriteWithoutWaiting(start);
            AssertServes(server);
            Thread.Sleep(500);
            AssertServes(server);
            AssertBounded(server);
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }

        AssertServes(server);
    }

    [Fact]
    public void Length_of_2_GB_takes_no_memory()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        using var client = new WireConnection(server.EndPoint);
        client.Write("set k 0 0 2147483645\r\n");
        var piece = new byte[1_000_000];
        for (var i = 0; i < 100; i++)
            client.Write(piece);
        client.Flush();
        AssertServes(server);
        AssertBounded(server);
    }

    [Fact]
    public void Line_of_get_that_never_ends_is_bounded()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        using var client = new WireConnection(server.EndPoint);
        client.Write("get");
        var piece = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(" key", 250_000)));
        for (var i = 0; i < 200; i++)
            client.WriteWithoutWaiting(piece);
        Thread.Sleep(500);
        AssertServes(server);
        AssertBounded(server);
    }

    [Fact]
    public void Ten_thousand_connections_that_come_and_go_leave_nothing_behind()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        AssertServes(server);
        var descriptors = Descriptors(server);
        InParallel.Run(4, number =>
        {
            for (var i = 0; i < 2_500; i++)
            {
                using var client = new WireConnection(server.EndPoint);
                switch ((i + number) % 4)
                {
                    case 0:
                        client.Write("version\r\n");
                        Assert.NotNull(client.TakeLine());
                        break;
                    case 1:
                        client.Write("set k 0 0 100\r\nabc");
                        client.Close(CloseKind.Reset);
                        break;
                    case 2:
                        client.Close(CloseKind.Reset);
                        break;
                }
            }
        });

        AssertServes(server);
        AssertBounded(server);
        for (var end = DateTime.UtcNow.AddMinutes(1); Descriptors(server) > descriptors + 2 && DateTime.UtcNow < end;)
            Thread.Sleep(10);
        Assert.InRange(Descriptors(server), 0, descriptors + 2);
    }

    [Fact]
    public void Connection_above_the_limit_is_told_and_closed_and_the_others_go_on()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-c", "60");
        var clients = new List<WireConnection>();
        try
        {
            string? refusal = null;
            for (var i = 0; i < 100 && refusal == null; i++)
            {
                var client = new WireConnection(server.EndPoint);
                clients.Add(client);
                client.Write("version\r\n");
                var line = client.TakeLine();
                if (line?.StartsWith("VERSION", StringComparison.Ordinal) != true)
                    refusal = $"{line}, then {client.TakeClose() ?? "closed"}";
            }

            Assert.Equal("ERROR Too many open connections, then closed", refusal);
            Assert.InRange(clients.Count, 20, 61);
            clients[0].Write("stats\r\n");
            var stats = Table(clients[0]);
            Assert.Equal("60", stats["max_connections"]);
            Assert.Equal("1", stats["rejected_connections"]);

            // Room again as soon as some have gone.
            foreach (var client in clients.Skip(10))
                client.Dispose();
            Assert.True(EventuallyServes(server), "no new connection after others had closed");
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }
    }

    private static void AttackForSeconds(int seconds, Action<Random, byte[]> fill)
    {
        var seed = Random.Shared.Next();
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        var end = DateTime.UtcNow.AddSeconds(seconds);
        InParallel.Run(4, number =>
        {
            var random = new Random(seed + number);
            while (DateTime.UtcNow < end)
            {
                using var client = new WireConnection(server.EndPoint);
                for (var i = 0; i < 20; i++)
                {
                    var bytes = new byte[random.Next(1, 20_000)];
                    fill(random, bytes);
                    client.WriteWithoutWaiting(bytes);
                }

                if (random.Next(2) == 0)
                    client.Close(CloseKind.Reset);
            }
        });

        Assert.True(server.IsRunning, $"seed {seed}: the server has ended: {server.Output}");
        AssertServes(server);
        AssertBounded(server);
    }

    private static void FillWithWords(Random random, byte[] bytes)
    {
        string[] words =
        [
            "get", "gets", "gat", "gats", "set", "add", "replace", "append", "prepend", "cas", "delete", "incr", "decr", "touch",
            "flush_all", "version", "verbosity", "stats", "noreply", "k", "key", "\r\n", "\r\n", "\r\n", "\n", "0", "1", "-1", "10", "100",
            "4294967295", "4294967296", "18446744073709551615", "99999999999999999999", "\0", "\u00ff",
            new string('k', 250), new string('k', 251),
        ];
        var text = new StringBuilder();
        while (text.Length < bytes.Length)
            text.Append(words[random.Next(words.Length)]).Append(random.Next(10) == 0 ? "" : " ");
        Encoding.Latin1.GetBytes(text.ToString(0, bytes.Length)).CopyTo(bytes, 0);
    }

    private static void Store(ServerProcess server, string key, int length)
    {
        using var client = new WireConnection(server.EndPoint);
        client.Write($"set {key} 0 0 {length}\r\n{new string('v', length)}\r\n");
        Assert.Null(client.Take("STORED\r\n"u8));
    }

    private static void AssertServes(ServerProcess server)
    {
        using var client = new WireConnection(server.EndPoint);
        client.Write("set served 0 0 1\r\na\r\nget served\r\n");
        Assert.Null(client.Take("STORED\r\nVALUE served 0 1\r\na\r\nEND\r\n"u8));
    }

    private static bool EventuallyServes(ServerProcess server)
    {
        for (var end = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < end; Thread.Sleep(10))
        {
            using var client = new WireConnection(server.EndPoint);
            client.Write("version\r\n");
            if (client.TakeLine()?.StartsWith("VERSION", StringComparison.Ordinal) == true)
                return true;
        }

        return false;
    }

    private static void AssertBounded(ServerProcess server)
    {
        var peak = server.MemoryBytes("VmHWM");
        Assert.True(peak <= MemoryBoundBytes, $"the server took {peak / Mebibyte} MiB");
    }

    private static int Descriptors(ServerProcess server) =>
        Directory.GetFileSystemEntries($"/proc/{server.Id.ToString(CultureInfo.InvariantCulture)}/fd").Length;

    private static Dictionary<string, string> Table(WireConnection client)
    {
        var table = new Dictionary<string, string>();
        while (client.TakeLine() is { } line && line != "END")
            table[line.Split(' ')[1]] = line.Split(' ', 3)[2];
        return table;
    }
}
