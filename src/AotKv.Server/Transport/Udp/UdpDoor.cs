using System.Net.Sockets;

namespace AotKv.Server.Transport.Udp;

/// <summary>All UDP sockets of a server, each served by a task of its own: beside the loops, which know nothing of them.</summary>
internal sealed class UdpDoor : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public UdpDoor(ServerState state, IReadOnlyList<Socket> sockets) =>
        _serving = Task.WhenAll(sockets.Select(socket => Task.Run(() => ServeAsync(state, socket, _stop.Token))));

    /// <summary>Answers the datagram in hand, and no other.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _serving.Wait();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private static async Task ServeAsync(ServerState state, Socket socket, CancellationToken stop)
    {
        using UdpServer server = new(state, socket);
        await server.RunAsync(stop).ConfigureAwait(false);
    }
}
