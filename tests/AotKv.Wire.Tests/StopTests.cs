using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>How the server ends.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void Signal_to_an_idle_server_ends_it_with_0(string signal)
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        using var idle = new WireConnection(server.EndPoint);
        idle.Write("version\r\n");
        Assert.NotNull(idle.TakeLine());

        server.Signal(signal);

        Assert.Equal(0, server.WaitForExit(Patience));
        Assert.Null(idle.TakeClose());
        Assert.False(ServerProcess.Accepts(server.EndPoint));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void Signal_with_requests_in_flight_lets_their_replies_arrive(string signal)
    {
        const int Requests = 200;
        var value = new string('v', 50_000);
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        using var client = new WireConnection(server.EndPoint);
        client.Write($"set k 0 0 {value.Length}\r\n{value}\r\n");
        Assert.Null(client.Take("STORED\r\n"u8));

        // 10 MB of replies are more than the sockets hold: when the first has come, the server is in the middle.
        client.Write(string.Concat(Enumerable.Repeat("get k\r\n", Requests)));
        var reply = System.Text.Encoding.ASCII.GetBytes($"VALUE k 0 {value.Length}\r\n{value}\r\nEND\r\n");
        Assert.Null(client.Take(reply));
        server.Signal(signal);

        for (var i = 1; i < Requests; i++)
            Assert.Null(client.Take(reply));
        Assert.Null(client.TakeClose());
        Assert.Equal(0, server.WaitForExit(Patience));
    }

    [Fact]
    public void Signal_in_the_middle_of_an_upload_does_not_wait_for_its_end()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        using var client = new WireConnection(server.EndPoint);
        client.Write("set k 0 0 500000\r\nabc");
        using var other = new WireConnection(server.EndPoint);
        other.Write("version\r\n");
        Assert.NotNull(other.TakeLine());

        server.Signal("TERM");

        Assert.Equal(0, server.WaitForExit(Patience));
    }

    [Fact]
    public void Signal_with_a_client_that_never_reads_ends_it_nevertheless()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv);
        using var client = new WireConnection(server.EndPoint);
        var value = new string('v', 500_000);
        client.Write($"set k 0 0 {value.Length}\r\n{value}\r\n");
        Assert.Null(client.Take("STORED\r\n"u8));
        client.Write(string.Concat(Enumerable.Repeat("get k\r\n", 100)));
        Assert.Null(client.Take("VALUE"u8));

        server.Signal("TERM");

        Assert.Equal(0, server.WaitForExit(Patience));
    }

    [Fact]
    public void Shutdown_command_ends_the_server_where_it_is_allowed()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-A");
        using var client = new WireConnection(server.EndPoint);
        client.Write("version\r\nshutdown\r\n");
        Assert.StartsWith("VERSION ", client.TakeLine(), StringComparison.Ordinal);
        Assert.Null(client.TakeClose());
        Assert.Equal(0, server.WaitForExit(Patience));
    }
}
