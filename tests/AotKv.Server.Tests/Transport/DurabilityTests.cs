using AotKv.Engine;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Transport;

/// <summary>Replies under <c>--fsync always</c>: none comes before the write it tells of is on disk.</summary>
public abstract class DurabilityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("aotkv-test-").FullName;
    private readonly ServerOptions _options;

    protected DurabilityTests(int transport, bool hasTls = false)
    {
        TransportTests.SkipUnlessThere((TransportKind)transport);
        _options = TestCertificates.Secure(new() { Threads = 2, Transport = (TransportKind)transport }, hasTls);
    }

    private StoreOptions Always => new() { DataDirectory = _directory, SyncMode = SyncMode.Always, MemoryLimitBytes = 16 << 20 };

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("set a 0 0 1\r\n1\r\n", "STORED\r\n")]
    [InlineData("append n 0 0 1\r\n1\r\n", "STORED\r\n")]
    [InlineData("incr n 1\r\n", "6\r\n")]
    [InlineData("delete n\r\n", "DELETED\r\n")]
    [InlineData("touch n 100\r\n", "TOUCHED\r\n")]
    [InlineData("gat 100 n\r\n", "VALUE n 0 1\r\n5\r\nEND\r\n")]
    [InlineData("flush_all\r\n", "OK\r\n")]
    [InlineData("set a 0 0 1 noreply\r\n1\r\nget a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n")]
    [InlineData("delete n noreply\r\nversion\r\n", "VERSION 1.6.45\r\n")]
    public void A_reply_comes_after_its_write_is_on_disk(string request, string reply)
    {
        using RunningServer server = new(_options, Always);
        using TestClient client = server.Connect();
        client.Expect("set n 0 0 1\r\n5\r\n", "STORED\r\n");
        for (int i = 0; i < 3; i++)
        {
            client.Expect("set n 0 0 1\r\n5\r\n", "STORED\r\n");
            client.Expect(request, reply);
            Assert.True(server.Store.DurableRevision >= server.Store.LastRevision);
        }
    }

    [Fact]
    public void Writers_share_syncs()
    {
        using RunningServer server = new(_options, Always);
        const int Clients = 32;
        TestClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => server.Connect())];

        // How many come while a sync is under way is up to the machine; sooner or later it is half of them.
        Eventually.Holds(() =>
        {
            long before = server.Store.Syncs;
            Array.ForEach(clients, client => client.Send("set k 0 0 1\r\nv\r\n"));
            Assert.All(clients, client => Assert.Equal("STORED\r\n", client.Read(8)));
            return server.Store.Syncs - before is >= 1 and <= Clients / 2;
        });
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task What_comes_while_a_reply_waits_is_answered_behind_it()
    {
        using RunningServer server = new(_options, Always);
        using TestClient client = server.Connect();
        string value = new('v', 300_000);
        string set = $"set big 0 0 {value.Length}\r\n{value}\r\n", got = $"VALUE big 0 {value.Length}\r\n{value}\r\nEND\r\n";
        Task sending = Task.Run(
            () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    client.Send(set);
                    client.Send("get big\r\n");
                    client.Send("version\r\n");
                }

                client.Send("set last 0 0 1\r\n1\r\nquit\r\n");
            },
            TestContext.Current.CancellationToken);
        string all = client.ReadToEnd();
        await sending;
        Assert.Equal(string.Concat(Enumerable.Repeat($"STORED\r\n{got}VERSION 1.6.45\r\n", 20)) + "STORED\r\n", all);
    }

    [Fact]
    public void A_server_that_stops_answers_those_that_wait_for_the_log()
    {
        using RunningServer server = new(_options, Always);
        TestClient[] clients = [.. Enumerable.Range(0, 20).Select(_ => server.Connect())];
        Array.ForEach(clients, client => client.Expect("version\r\n", "VERSION 1.6.45\r\n"));
        Array.ForEach(clients, client => client.Send("set k 0 0 1\r\nv\r\n"));
        server.Server.Stop();

        // What had not been received yet when the stop came is not answered; no reply comes in part, and none before its write is on disk.
        string[] replies = [.. clients.Select(client => client.ReadToEnd())];
        Assert.All(replies, reply => Assert.True(reply is "" or "STORED\r\n", reply));
        Assert.True(server.Store.DurableRevision >= server.Store.LastRevision || !replies.Contains("STORED\r\n"));
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public void Items_are_there_after_a_restart()
    {
        using (RunningServer server = new(_options, Always with { SyncMode = SyncMode.Never }))
        {
            using TestClient client = server.Connect();
            client.Expect("set a 7 0 1\r\n1\r\nset b 0 0 1\r\n2\r\ndelete b\r\n", "STORED\r\nSTORED\r\nDELETED\r\n");
        }

        using RunningServer again = new(_options, Always);
        using TestClient reader = again.Connect();
        reader.Expect("get a b\r\n", "VALUE a 7 1\r\n1\r\nEND\r\n");
    }
}

public sealed class EpollDurabilityTests() : DurabilityTests((int)TransportKind.Epoll);

public sealed class TlsDurabilityTests() : DurabilityTests((int)TransportKind.Platform, hasTls: true);

public sealed class PipesDurabilityTests() : DurabilityTests((int)TransportKind.Pipelines);
