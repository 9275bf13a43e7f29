using System.Net;
using System.Net.Sockets;
using AotKv.Server.Tests.Support;
using AotKv.Server.Transport;
using AotKv.Server.Transport.Pipes;

namespace AotKv.Server.Tests.Transport;

/// <summary>Connections that break between being accepted and being served.</summary>
public sealed class PipesAdmissionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Connection_that_breaks_while_it_is_taken_over_is_closed_and_not_counted(bool rejectsExcess)
    {
        using SessionFixture fixture = new(new() { MaxConnections = 3, RejectsExcessConnections = rejectsExcess });
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        BreakingPipes pipes = new() { Left = 10 };
        using PipesTransport transport = new(fixture.State, pipes, tls: null);
        transport.Start([new Listener(socket, null)]);
        for (int i = 0; i < 10; i++)
        {
            using TestClient broken = new(socket.LocalEndPoint!);
            Assert.Equal("", broken.ReadToEnd());
        }

        Eventually.Holds(() => fixture.State.Connections.Current == 0);
        using TestClient served = new(socket.LocalEndPoint!);
        served.Expect("version\r\n", "VERSION 1.6.45\r\n");
        Assert.Equal(1, fixture.State.Connections.Current);
    }

    /// <summary>Fails as the system does when a client has reset its connection, so many times.</summary>
    private sealed class BreakingPipes : ISocketPipes
    {
        private readonly SocketPipes _pipes = new();

        public int Left { get; set; }

        public string Name => "breaking";

        public ISocketPipe Open(Socket socket) => Left-- > 0
            ? throw (Left % 2 == 0 ? new SocketException((int)SocketError.NotConnected) : new IOException("the socket is not connected"))
            : _pipes.Open(socket);
    }
}
