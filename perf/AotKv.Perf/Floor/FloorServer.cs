using System.Net.Sockets;
using AotKv.Perf.Net;

namespace AotKv.Perf.Floor;

/// <summary>
/// The floor under every server of this kind: one event loop (epoll on Linux) that finds the ends of requests and answers constants. What it
/// costs is what the system calls cost, with the least a program can do between them.
/// </summary>
internal sealed class FloorServer : IDisposable
{
    private readonly Socket _listener;
    private readonly INetwork _network = INetwork.Create(portable: false);
    private readonly FloorReplies _replies;
    private FloorConnection?[] _connections = new FloorConnection?[64];

    /// <summary>Begins to listen.</summary>
    /// <param name="target">Where.</param>
    /// <param name="keyBytes">Length of the keys that are asked for.</param>
    /// <param name="valueBytes">Length of the value it answers.</param>
    public FloorServer(Target target, int keyBytes, int valueBytes)
    {
        _replies = new FloorReplies(keyBytes, valueBytes);
        bool unix = target.EndPoint is UnixDomainSocketEndPoint;
        _listener = new Socket(target.EndPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        _listener.Bind(target.EndPoint);
        _listener.Listen(1024);
        _listener.Blocking = false;
        _network.Add(_listener);
    }

    /// <summary>Serves until told to stop.</summary>
    public void Run(CancellationToken stop)
    {
        var ready = new Ready[256];
        byte[] input = new byte[256 << 10];
        var output = new ReplyBuffer();
        while (!stop.IsCancellationRequested)
        {
            int count = _network.Wait(ready, 200);
            for (int i = 0; i < count; i++)
            {
                int id = ready[i].Id;
                if (id == 0)
                {
                    Accept();
                }
                else if (_connections[id] is { } connection && !connection.Serve(input, output))
                {
                    _connections[id] = null;
                    _network.Remove(id);
                }
            }
        }
    }

    public void Dispose()
    {
        _network.Dispose();
        _listener.Dispose();
    }

    private void Accept()
    {
        Socket socket;
        try
        {
            socket = _listener.Accept();
        }
        catch (SocketException)
        {
            return; // the client has gone again
        }

        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.NoDelay = true;
        }

        int id = _network.Add(socket);
        if (id >= _connections.Length)
        {
            Array.Resize(ref _connections, id * 2);
        }

        _connections[id] = new FloorConnection(_network, _replies) { Id = id };
    }
}
