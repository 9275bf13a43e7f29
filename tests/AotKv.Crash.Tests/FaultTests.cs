using System.Globalization;
using System.Text;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Crash.Tests;

/// <summary>Disks that are full, cannot be written, or fail, under the native binary.</summary>
public sealed class FaultTests
{
    private const string Refused = "SERVER_ERROR out of memory storing object";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(20_000)]
    [InlineData(400_000)]
    public void A_full_disk_refuses_writers_and_serves_readers_until_there_is_room(int valueBytes)
    {
        using var mount = new TmpfsMount(12);
        string[] arguments = ["--data-dir", mount.Data, "--fsync", "50", "-m", "64"];
        byte[] value = new byte[valueBytes];
        Array.Fill(value, (byte)'v');
        int stored = 0;
        using (ServerProcess server = ServerProcess.Start(ServerProgram.AotKv, arguments))
        {
            using var connection = new TextConnection(server.EndPoint);
            string? answer;
            while ((answer = Set(connection, stored, value)) == "STORED")
            {
                stored++;
                Assert.True((long)stored * valueBytes < 12 << 20, "more was stored than there is room for");
            }

            Assert.Equal(Refused, answer);
            Assert.True(stored * (long)valueBytes > 4 << 20, $"only {stored} items fitted");
            CheckAll(connection, stored, value);
            Assert.Equal(Refused, Set(connection, stored, value));
            mount.Resize(40);
            Assert.Equal("STORED", Set(connection, stored, value));
            stored++;
            CheckAll(connection, stored, value);
            server.Signal("KILL");
            server.WaitForExit(Patience);
        }

        using ServerProcess again = ServerProcess.Start(ServerProgram.AotKv, arguments);
        using var reader = new TextConnection(again.EndPoint);
        CheckAll(reader, stored, value);
    }

    [Fact]
    public void A_disk_that_became_full_before_a_restart_does_not_keep_the_server_down()
    {
        using var mount = new TmpfsMount(12);
        string[] arguments = ["--data-dir", mount.Data, "--fsync", "50", "-m", "64"];
        byte[] value = new byte[1000];
        using (ServerProcess server = ServerProcess.Start(ServerProgram.AotKv, arguments))
        {
            using var connection = new TextConnection(server.EndPoint);
            Assert.Equal("STORED", Set(connection, 0, value));
            server.Signal("KILL");
            server.WaitForExit(Patience);
        }

        Programs.Run("dd", "if=/dev/zero", "of=" + Path.Combine(mount.Path, "rest"), "bs=64k");
        using ServerProcess again = ServerProcess.Start(ServerProgram.AotKv, arguments);
        using var reader = new TextConnection(again.EndPoint);
        CheckAll(reader, 1, value);
    }

    [Fact]
    public void A_file_system_that_is_read_only_is_said_at_the_start()
    {
        using var mount = new TmpfsMount(12);
        mount.MakeReadOnly();
        using ServerProcess server = ServerProcess.StartPlain(ServerProgram.AotKv, "-l", "127.0.0.1", "-p", Port(), "--data-dir", mount.Data);
        Assert.True(server.WaitForExit(Patience) is > 0, server.Output);
        Assert.Contains(mount.Data, server.Output, StringComparison.Ordinal);
        Assert.Contains("ead-only", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_in_use_is_refused_and_its_holder_named()
    {
        using var folder = new TemporaryFolder();
        string data = folder.File("data");
        using ServerProcess first = ServerProcess.Start(ServerProgram.AotKv, "--data-dir", data);
        using ServerProcess second = ServerProcess.StartPlain(ServerProgram.AotKv, "-l", "127.0.0.1", "-p", Port(), "--data-dir", data);
        Assert.True(second.WaitForExit(Patience) is > 0, second.Output);
        Assert.Contains(data, second.Output, StringComparison.Ordinal);
        Assert.Contains("process " + first.Id.ToString(CultureInfo.InvariantCulture), second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fdatasync,fsync,msync", 12)]
    [InlineData("fdatasync,fsync,msync", 40)]
    public void After_a_sync_that_failed_nothing_is_acknowledged_and_reads_go_on(string calls, int from)
    {
        string strace = Peers.Find("strace", "strace");
        using var folder = new TemporaryFolder();
        string data = folder.File("data");
        string fault = string.Create(CultureInfo.InvariantCulture, $"inject={calls}:error=EIO:when={from}+");
        var traced = new ServerProgram(strace, ["-f", "-o", folder.File("trace"), "-e", "trace=" + calls, "-e", fault, ServerProgram.AotKv.Path]);
        int stored = 0;
        using (ServerProcess server = StartTraced(traced, data))
        {
            using var connection = new TextConnection(server.EndPoint);
            while (Set(connection, stored, [(byte)'v']) == "STORED")
            {
                stored++;
                Assert.True(stored < 100, "the syncs do not fail");
            }

            Assert.True(stored > 0, "not one write was acknowledged before the fault");
            using var other = new TextConnection(server.EndPoint);
            string? answer = Set(other, 1000, [(byte)'v']);
            Assert.True(answer == null || answer.StartsWith("SERVER_ERROR", StringComparison.Ordinal), answer);
            using var reader = new TextConnection(server.EndPoint);
            CheckAll(reader, stored, [(byte)'v']);
            Assert.True(
                SpinWait.SpinUntil(() => server.Output.Contains("Input/output error", StringComparison.Ordinal), Patience), $"it does not say why: {server.Output}");
            Assert.Contains("sync", server.Output, StringComparison.Ordinal);
            Programs.Run("pkill", "-KILL", "-P", server.Id.ToString(CultureInfo.InvariantCulture));
            server.WaitForExit(Patience);
        }

        using ServerProcess again = ServerProcess.Start(ServerProgram.AotKv, "--data-dir", data);
        using var last = new TextConnection(again.EndPoint);
        CheckAll(last, stored, [(byte)'v']);
    }

    private static ServerProcess StartTraced(ServerProgram traced, string data)
    {
        try
        {
            return ServerProcess.Start(traced, "--data-dir", data, "--fsync", "always");
        }
        catch (InvalidOperationException error) when (error.Message.Contains("ptrace", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Skip("strace may not trace here: " + error.Message);
            throw;
        }
    }

    private static string Port() => ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);

    private static string? Set(TextConnection connection, int i, byte[] value)
    {
        byte[] request = [.. Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"set k{i} 0 0 {value.Length}\r\n")), .. value, .. "\r\n"u8];
        return connection.Send(request) ? connection.ReadLine() : null;
    }

    private static void CheckAll(TextConnection connection, int count, byte[] value)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(Entry.Same(new Entry(0, value), connection.Get("k" + i.ToString(CultureInfo.InvariantCulture)).Entry), $"item {i} of {count}");
        }
    }
}
