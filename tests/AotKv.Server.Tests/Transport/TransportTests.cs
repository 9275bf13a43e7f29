using System.Net.Sockets;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Transport;

/// <summary>What every transport must do; each runs all of it.</summary>
public abstract class TransportTests
{
    private readonly ServerOptions _options;

    private protected TransportTests(TransportKind kind, bool hasTls = false)
    {
        SkipUnlessThere(kind);
        _options = TestCertificates.Secure(new() { Transport = kind, Threads = 2 }, hasTls);
    }

    /// <summary>The native loops are Linux's.</summary>
    internal static void SkipUnlessThere(TransportKind kind) =>
        Assert.SkipUnless(kind != TransportKind.Epoll || OperatingSystem.IsLinux(), "there is no epoll on this system");

    [Fact]
    public void Conversations_get_their_replies()
    {
        using RunningServer server = new(_options);
        foreach (Conversation conversation in Conversations.All)
        {
            server.Connect().Use(client => client.Use(c => Exchange(c, "flush_all\r\nquit\r\n")));
            Assert.Equal(conversation.Replies, Conversations.WithoutCas(server.Connect().Use(c => Exchange(c, conversation.Input))));
        }
    }

    [Fact]
    public void Requests_sent_byte_by_byte_get_their_replies()
    {
        using RunningServer server = new(_options);
        using TestClient client = server.Connect();
        foreach (byte value in "set a 0 0 3\r\nabc\r\nget a\r\n"u8)
        {
            client.Send([value]);
        }

        Assert.Equal("STORED\r\nVALUE a 0 3\r\nabc\r\nEND\r\n", client.ReadUntil("END\r\n"));
    }

    [Fact]
    public void Deep_pipelines_of_many_connections_are_answered_in_order()
    {
        using RunningServer server = new(_options with { RequestsPerEvent = 3 });
        server.Connect().Use(client => Exchange(client, "set k 0 0 5\r\nhello\r\nquit\r\n"));
        const int Requests = 2000;
        const string Reply = "VALUE k 0 5\r\nhello\r\nEND\r\n";
        TestClient[] clients = [.. Enumerable.Range(0, 20).Select(_ => server.Connect())];
        string requests = string.Concat(Enumerable.Range(0, Requests).Select(i => $"get k\r\nincr none 1\r\n"));
        Parallel.ForEach(clients, client => client.Send(requests));
        string expected = string.Concat(Enumerable.Repeat(Reply + "NOT_FOUND\r\n", Requests));
        foreach (TestClient client in clients)
        {
            Assert.Equal(expected, client.Read(expected.Length));
            client.Dispose();
        }

        Assert.Equal($"{Requests * clients.Length}", server.Stat("get_hits"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20_000)]
    [InlineData(70_000)]
    [InlineData(1_000_000)]
    public void Values_of_every_size_come_back_whole(int length)
    {
        using RunningServer server = new(_options);
        using TestClient client = server.Connect();
        byte[] value = new byte[length];
        new Random(length).NextBytes(value);
        client.Send($"set k 1 0 {length}\r\n");
        client.Send(value);
        client.Expect("\r\n", "STORED\r\n");
        client.Expect("get k k\r\n", string.Concat(Enumerable.Repeat($"VALUE k 1 {length}\r\n{System.Text.Encoding.Latin1.GetString(value)}\r\n", 2)) + "END\r\n");
    }

    [Fact]
    public void Client_that_does_not_read_is_not_read_and_costs_bounded_memory()
    {
        using RunningServer server = new(_options);
        using TestClient slow = server.Connect();
        string value = new('v', 100_000);
        slow.Expect($"set k 0 0 {value.Length}\r\n{value}\r\n", "STORED\r\n");
        const int Requests = 1000;
        slow.Send(string.Concat(Enumerable.Repeat("get k\r\n", Requests)));
        using TestClient other = server.Connect();
        for (int i = 0; i < 100; i++)
        {
            other.Expect("get none\r\n", "END\r\n");
        }

        Assert.InRange(long.Parse(other.Stat("buffer_bytes", "stats aotkv"), System.Globalization.CultureInfo.InvariantCulture), 0, 4 << 20);
        string reply = $"VALUE k 0 {value.Length}\r\n{value}\r\nEND\r\n";
        for (int i = 0; i < Requests; i++)
        {
            Assert.Equal(reply, slow.Read(reply.Length));
        }

        slow.Expect("version\r\n", "VERSION 1.6.45\r\n");
    }

    [Fact]
    public void Connections_that_break_are_forgotten()
    {
        using RunningServer server = new(_options);
        string value = new('v', 500_000);
        server.Connect().Use(client => Exchange(client, $"set k 0 0 {value.Length}\r\n{value}\r\nquit\r\n"));
        for (int i = 0; i < 20; i++)
        {
            TestClient client = server.Connect();
            client.Send((i % 4) switch
            {
                0 => "set broken 0 0 900000\r\nabc",
                1 => string.Concat(Enumerable.Repeat("get k\r\n", 100)),
                2 => "get half",
                _ => string.Empty,
            });
            client.Reset();
        }

        using TestClient last = server.Connect();
        Eventually.Holds(() => last.Stat("curr_connections") == "1");
        last.Expect("get broken\r\n", "END\r\n");
    }

    [Fact]
    public void Client_that_closes_its_sending_side_still_gets_its_replies()
    {
        using RunningServer server = new(_options);
        using TestClient client = server.Connect();
        client.Send("version\r\nget none\r\n");
        client.FinishSending();
        Assert.Equal("VERSION 1.6.45\r\nEND\r\n", client.ReadToEnd());
    }

    [Fact]
    public void Thousand_connections_are_served()
    {
        using RunningServer server = new(_options with { MaxConnections = 1100 });
        // Each speaks at once: a handshake that is not begun is given up after a while.
        TestClient[] clients = [.. Enumerable.Range(0, 1000).Select(_ =>
        {
            TestClient client = server.Connect();
            client.Send("version\r\n");
            return client;
        })];
        Assert.All(clients, client => Assert.Equal("VERSION 1.6.45\r\n", client.Read(16)));
        Assert.Equal("1001", server.Stat("curr_connections"));
        Array.ForEach(clients, client => client.Dispose());
        Eventually.Holds(() => server.Stat("curr_connections") == "1");
    }

    [Fact]
    public void Connection_beyond_the_limit_is_told_so_and_closed()
    {
        using RunningServer server = new(_options with { MaxConnections = 2 });
        using TestClient first = server.Connect();
        using TestClient second = server.Connect();
        first.Expect("version\r\n", "VERSION 1.6.45\r\n");
        second.Expect("version\r\n", "VERSION 1.6.45\r\n");
        Assert.Equal("ERROR Too many open connections\r\n", new TestClient(server.EndPoint).Use(client => client.ReadToEnd()));
        Assert.Equal("1", first.Stat("rejected_connections"));
        second.Dispose();
        Eventually.Holds(() => first.Stat("curr_connections") == "1");
        server.Connect().Use(client => Exchange(client, "version\r\nquit\r\n"));
    }

    [Fact]
    public async Task Connection_beyond_the_limit_waits_when_that_is_wanted()
    {
        using RunningServer server = new(_options with { MaxConnections = 2, RejectsExcessConnections = false });
        using TestClient first = server.Connect();
        TestClient second = server.Connect();
        first.Expect("version\r\n", "VERSION 1.6.45\r\n");
        second.Expect("version\r\n", "VERSION 1.6.45\r\n");
        using TestClient third = server.Connect();
        Task sending = Task.Run(() => third.Send("version\r\n"), TestContext.Current.CancellationToken);
        Eventually.Holds(() => first.Stat("accepting_conns") == "0");
        Assert.NotEqual("0", first.Stat("listen_disabled_num"));
        Assert.Equal(0, third.Socket.Available);
        second.Dispose();
        await sending.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal("VERSION 1.6.45\r\n", third.Read(16));
        Assert.Equal("3", first.Stat("total_connections"));
        third.Dispose();
        Eventually.Holds(() => first.Stat("accepting_conns") == "1" && first.Stat("curr_connections") == "1");
    }

    [Fact]
    public void Stop_ends_connections_that_wait_for_room()
    {
        using RunningServer server = new(_options with { MaxConnections = 1, RejectsExcessConnections = false });
        using TestClient first = server.Connect();
        first.Expect("version\r\n", "VERSION 1.6.45\r\n");
        using TestClient second = server.Connect();
        Eventually.Holds(() => first.Stat("accepting_conns") == "0");
        server.Server.Stop();
        Assert.Equal(string.Empty, second.ReadToEnd());
    }

    [Fact]
    public void Idle_connection_is_closed_and_one_in_the_middle_of_a_value_is_not()
    {
        using RunningServer server = new(_options with { IdleTimeoutSeconds = 2 });
        using TestClient busy = server.Connect();
        busy.Send("set k 0 0 10\r\nabc");
        using TestClient idle = server.Connect();
        idle.Expect("version\r\n", "VERSION 1.6.45\r\n");
        idle.Send("get unfini");
        Assert.Equal(string.Empty, idle.ReadToEnd());
        busy.Expect("defghij\r\n", "STORED\r\n");
        Assert.Equal("1", busy.Stat("idle_kicks"));
    }

    [Fact]
    public async Task Stop_answers_what_was_received_and_closes()
    {
        using RunningServer server = new(_options);
        TestClient[] clients = [.. Enumerable.Range(0, 10).Select(_ => server.Connect())];
        foreach (TestClient client in clients)
        {
            client.Expect("version\r\n", "VERSION 1.6.45\r\n");
        }

        Task stop = Task.Run(server.Server.Stop, TestContext.Current.CancellationToken);
        Assert.All(clients, client => Assert.Equal(string.Empty, client.ReadToEnd()));
        await stop.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Throws<SocketException>(() => server.Connect());
        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Stop_waits_for_a_client_that_reads_what_it_is_owed()
    {
        using RunningServer server = new(_options with { StopDeadlineMs = 60_000 });
        using TestClient client = server.Connect();
        string value = new('v', 1_000_000);
        client.Expect($"set k 0 0 {value.Length}\r\n{value}\r\n", "STORED\r\n");
        const int Requests = 20;
        client.Send(string.Concat(Enumerable.Repeat("get k\r\n", Requests)));
        string reply = $"VALUE k 0 {value.Length}\r\n{value}\r\nEND\r\n";
        Assert.Equal(reply, client.Read(reply.Length));
        Task stop = Task.Run(server.Server.Stop, TestContext.Current.CancellationToken);
        Assert.Equal(string.Concat(Enumerable.Repeat(reply, Requests - 1)), client.ReadToEnd());
        await stop.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stop_does_not_wait_for_ever_for_a_client_that_does_not_read()
    {
        using RunningServer server = new(_options with { StopDeadlineMs = 100 });
        using TestClient client = server.Connect();
        string value = new('v', 1_000_000);
        client.Expect($"set k 0 0 {value.Length}\r\n{value}\r\n", "STORED\r\n");
        client.Send(string.Concat(Enumerable.Repeat("get k\r\n", 100)));
        Task stop = Task.Run(server.Server.Stop, TestContext.Current.CancellationToken);
        await stop.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private static string Exchange(TestClient client, string requests)
    {
        client.Send(requests);
        client.FinishSending();
        return client.ReadToEnd();
    }
}

public sealed class PipesTransportTests() : TransportTests(TransportKind.Pipelines);

public sealed class TlsTransportTests() : TransportTests(TransportKind.Platform, hasTls: true);

public sealed class TlsPipesTransportTests() : TransportTests(TransportKind.Pipelines, hasTls: true);
