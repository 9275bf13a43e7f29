using System.Globalization;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>The memory limit, and the size of an idle server.</summary>
public sealed class MemoryTests
{
    private const long Mebibyte = 1024 * 1024;

    [Fact]
    public void Memory_limit_is_kept_while_much_more_is_stored()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-m", "64");
        using var client = new WireConnection(server.EndPoint);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var last = "";
        for (var stored = 0L; stored < 300 * Mebibyte;)
        {
            var length = random.Next(4) == 0 ? random.Next(100_000) : random.Next(1_000);
            last = $"key:{stored}";
            client.Write($"set {last} 0 0 {length}\r\n{new string('v', length)}\r\n");
            Assert.Null(client.Take("STORED\r\n"u8));
            stored += length + 50;
        }

        client.Write($"get {last}\r\n");
        Assert.StartsWith($"VALUE {last} ", client.TakeLine(), StringComparison.Ordinal);

        using var asking = new WireConnection(server.EndPoint);
        var stats = Stats(asking);
        Assert.True(stats["evictions"] > 0 && stats["bytes"] <= stats["limit_maxbytes"],
            $"seed {seed}: {stats["evictions"]} evictions, {stats["bytes"]} bytes");
        var peak = server.MemoryBytes("VmHWM");
        Assert.True(peak <= (64 + 40) * Mebibyte, $"seed {seed}: the server took {peak / Mebibyte} MiB");
    }

    [Fact]
    public void Full_store_with_evictions_off_refuses_and_keeps_what_it_has()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-m", "32", "-M");
        using var client = new WireConnection(server.EndPoint);
        var value = new string('v', 10_000);
        var count = 0;
        string? reply;
        while (true)
        {
            client.Write($"set key:{count} 0 0 {value.Length}\r\n{value}\r\n");
            reply = client.TakeLine();
            if (reply != "STORED" || count > 10_000)
                break;
            count++;
        }

        Assert.Equal("SERVER_ERROR out of memory storing object", reply);
        Assert.InRange(count, 1_500, 3_400);
        for (var i = 0; i < count; i++)
        {
            client.Write($"get key:{i}\r\n");
            Assert.Null(client.Take(System.Text.Encoding.ASCII.GetBytes($"VALUE key:{i} 0 {value.Length}\r\n{value}\r\nEND\r\n")));
        }

        // What is deleted makes room.
        for (var i = 0; i < count; i++)
        {
            client.Write($"delete key:{i}\r\n");
            Assert.Null(client.Take("DELETED\r\n"u8));
        }

        for (var end = DateTime.UtcNow.AddMinutes(1); ; Thread.Sleep(20))
        {
            client.Write($"set again 0 0 {value.Length}\r\n{value}\r\n");
            reply = client.TakeLine();
            if (reply == "STORED" || DateTime.UtcNow > end)
                break;
        }

        Assert.Equal("STORED", reply);
    }

    [Fact]
    public void Idle_server_and_binary_are_small()
    {
        var before = DateTime.UtcNow;
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        var startMs = (DateTime.UtcNow - before).TotalMilliseconds;
        using var client = new WireConnection(server.EndPoint);
        client.Write("version\r\n");
        Assert.NotNull(client.TakeLine());

        var idle = server.MemoryBytes("VmRSS");
        var size = new FileInfo(Repository.Binary).Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"aotkv: ready after {startMs:0} ms, idle resident memory {idle / 1e6:0.0} MB, binary {size / 1e6:0.0} MB"));
        Assert.InRange(idle, 1, 30_000_000);
        Assert.InRange(size, 1, 15_000_000);
    }

    private static Dictionary<string, long> Stats(WireConnection client)
    {
        var table = new Dictionary<string, long>();
        client.Write("stats\r\n");
        while (client.TakeLine() is { } line && line != "END")
        {
            if (long.TryParse(line.Split(' ')[2], CultureInfo.InvariantCulture, out var value))
                table[line.Split(' ')[1]] = value;
        }

        return table;
    }
}
