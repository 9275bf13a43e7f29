using AotKv.Server.Tests.Support;
using AotKv.Server.Transport.Native;

namespace AotKv.Server.Tests.Transport;

public sealed class EpollTransportTests() : TransportTests(TransportKind.Epoll)
{
    [Fact]
    public void Connections_are_spread_evenly_over_the_loops()
    {
        using RunningServer server = new(new() { Transport = TransportKind.Epoll, Threads = 4 });
        TestClient[] clients = [.. Enumerable.Range(0, 40).Select(_ => server.Connect())];
        foreach (TestClient client in clients)
        {
            client.Expect("version\r\n", "VERSION 1.6.45\r\n");
        }

        EpollTransport transport = Assert.IsType<EpollTransport>(server.Server.Transport);
        Assert.All(transport.ConnectionsPerLoop, count => Assert.Equal(10, count));
        Array.ForEach(clients, client => client.Dispose());
    }
}
