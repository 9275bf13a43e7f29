using System.Net;
using AotKv.Engine;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Transport;

public sealed class UdpTests
{
    private static readonly ServerOptions Options = new() { UdpPort = -1, Threads = 1 };

    [Fact]
    public void Requests_are_answered_with_their_id_and_share_the_store_with_tcp()
    {
        using RunningServer server = new(Options);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        using TestClient tcp = server.Connect();
        tcp.Expect("set foo 5 0 6\r\nfooval\r\n", "STORED\r\n");
        Assert.Equal("VALUE foo 5 6\r\nfooval\r\nEND\r\n", udp.Ask(161, "get foo\r\n"));
        Assert.Equal("VALUE foo 5 6\r\nfooval\r\nEND\r\n", udp.Ask(161, "get foo\r\n"));
        Assert.Equal("STORED\r\n", udp.Ask(65535, "set n 0 0 1\r\n5\r\n"));
        Assert.Equal("6\r\n", udp.Ask(0, "incr n 1\r\n"));
        Assert.Equal("ERROR\r\n", udp.Ask(7, "nonsense\r\n"));
    }

    [Fact]
    public void Several_requests_in_a_datagram_are_one_message()
    {
        using RunningServer server = new(Options);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        Assert.Equal("STORED\r\nSTORED\r\n", udp.Ask(1, "set a 0 0 1\r\n1\r\nset b 0 0 1\r\n2\r\nset c 0 0 1 noreply\r\n3\r\n"));
        Assert.Equal("VALUE a 0 1\r\n1\r\nVALUE b 0 1\r\n2\r\nVALUE c 0 1\r\n3\r\nEND\r\nVERSION 1.6.45\r\n", udp.Ask(2, "get a b c\r\nversion\r\n"));
    }

    [Fact]
    public void Long_replies_come_in_several_datagrams()
    {
        using RunningServer server = new(Options);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        using TestClient tcp = server.Connect();
        foreach (int length in (int[])[1360, 1361, 1362, 1363, 20_000, 200_000])
        {
            string value = new('v', length);
            tcp.Expect($"set k 0 0 {length}\r\n{value}\r\n", "STORED\r\n");
            Assert.Equal($"VALUE k 0 {length}\r\n{value}\r\nEND\r\n", udp.Ask((ushort)length, "get k\r\n"));
        }
    }

    [Fact]
    public void Largest_datagram_is_taken()
    {
        using RunningServer server = new(Options);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        string value = new('v', 65_000);
        Assert.Equal("STORED\r\n", udp.Ask(1, $"set k 0 0 {value.Length}\r\n{value}\r\n"));
        Assert.Equal($"VALUE k 0 {value.Length}\r\n{value}\r\nEND\r\n", udp.Ask(2, "get k\r\n"));
    }

    [Fact]
    public void Datagram_of_any_length_and_content_harms_nothing()
    {
        using RunningServer server = new(Options);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        Random random = new(20261121);
        byte[] noise = new byte[65_507];
        for (int length = 0; length <= noise.Length; length += length < 64 ? 1 : 4001)
        {
            random.NextBytes(noise.AsSpan(0, length));
            if (length > 6)
            {
                // Never a request of one datagram: those are the next test's.
                noise[4] = 9;
            }

            udp.SendRaw(noise.AsSpan(0, length));
        }

        // The system drops what does not fit into the socket's buffer, so it may have to be asked more than once.
        Eventually.Holds(() => udp.TryAsk(77, "version\r\n", out string reply) && reply == "VERSION 1.6.45\r\n");
    }

    [Theory]
    [InlineData("set k 0 0 10\r\nabc")]
    [InlineData("set k 0 0 10\r\n")]
    [InlineData("get k")]
    [InlineData("quit\r\nversion\r\n")]
    [InlineData("set k 0 0 3 noreply\r\nabc\r\n")]
    public void Unfinished_and_silent_requests_get_no_answer_and_swallow_nothing_of_the_next(string request)
    {
        using RunningServer server = new(Options);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        udp.Send(1, request);
        Assert.Equal("VERSION 1.6.45\r\n", udp.Ask(2, "version\r\n"));
    }

    [Fact]
    public void Message_of_several_datagrams_is_not_taken()
    {
        using RunningServer server = new(Options);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        udp.SendRaw([0, 1, 0, 0, 0, 2, 0, 0, .. "flush_all\r\n"u8]);
        udp.SendRaw([0, 1, 0, 1, 0, 2, 0, 0, .. "flush_all\r\n"u8]);
        udp.SendRaw([0, 1, 0, 0, 0, 0, 0, 0, .. "flush_all\r\n"u8]);
        Assert.Equal("VERSION 1.6.45\r\n", udp.Ask(2, "version\r\n"));
        Assert.Equal("0", server.Stat("cmd_flush"));
    }

    [Fact]
    public void Reply_without_memory_for_it_is_an_error()
    {
        using RunningServer server = new(Options with { BufferLimitBytes = 1 << 20 }, new StoreOptions());
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        string value = new('v', 60_000);
        Assert.Equal("STORED\r\n", udp.Ask(1, $"set k 0 0 {value.Length}\r\n{value}\r\n"));
        Assert.Equal("SERVER_ERROR out of memory writing get response\r\n", udp.Ask(2, $"get{string.Concat(Enumerable.Repeat(" k", 1000))}\r\n"));
        Assert.Equal($"VALUE k 0 {value.Length}\r\n{value}\r\nEND\r\n", udp.Ask(3, "get k\r\n"));
        Assert.NotEqual("0", server.Stat("response_obj_oom"));
    }

    [Fact]
    public void Server_without_tcp_serves_udp_only()
    {
        using RunningServer server = new(Options with { TcpDisabled = true });
        Assert.Empty(server.Server.EndPoints);
        using UdpTestClient udp = new(server.Server.UdpEndPoints[0]);
        Assert.Equal("VERSION 1.6.45\r\n", udp.Ask(1, "version\r\n"));
    }

    [Fact]
    public void Every_address_takes_datagrams_on_one_port()
    {
        using RunningServer server = new(Options);
        Assert.Single(server.Server.UdpEndPoints.Select(endPoint => ((IPEndPoint)endPoint).Port).Distinct());
        foreach (EndPoint endPoint in server.Server.UdpEndPoints)
        {
            using UdpTestClient udp = new(endPoint);
            Assert.Equal("VERSION 1.6.45\r\n", udp.Ask(1, "version\r\n"));
        }
    }
}
