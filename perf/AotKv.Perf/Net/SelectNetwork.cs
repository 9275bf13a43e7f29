using System.Net.Sockets;

namespace AotKv.Perf.Net;

/// <summary>Everywhere: the framework's sockets, and its select call.</summary>
internal sealed class SelectNetwork : INetwork
{
    private readonly List<Socket> _sockets = [];
    private readonly Dictionary<Socket, int> _ids = [];
    private readonly HashSet<Socket> _watched = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];

    public int Add(Socket socket)
    {
        socket.Blocking = false;
        _ids.Add(socket, _sockets.Count);
        _sockets.Add(socket);
        return _sockets.Count - 1;
    }

    public int Receive(int id, Span<byte> buffer)
    {
        int received = _sockets[id].Receive(buffer, SocketFlags.None, out SocketError error);
        return Result(received, error);
    }

    public int Send(int id, ReadOnlySpan<byte> bytes)
    {
        int sent = _sockets[id].Send(bytes, SocketFlags.None, out SocketError error);
        return Result(sent, error);
    }

    public void WatchWrites(int id, bool watch)
    {
        if (watch)
        {
            _watched.Add(_sockets[id]);
        }
        else
        {
            _watched.Remove(_sockets[id]);
        }
    }

    public void Remove(int id)
    {
        Socket socket = _sockets[id];
        _ids.Remove(socket);
        _watched.Remove(socket);
        socket.Dispose();
    }

    public int Wait(Span<Ready> ready, int timeoutMilliseconds)
    {
        _readable.Clear();
        _readable.AddRange(_ids.Keys);
        _writable.Clear();
        _writable.AddRange(_watched);
        if (_readable.Count == 0)
        {
            return 0;
        }

        Socket.Select(_readable, _writable.Count > 0 ? _writable : null, null, timeoutMilliseconds * 1000);
        int count = 0;
        foreach (Socket socket in _readable)
        {
            if (count < ready.Length)
            {
                ready[count++] = new Ready(_ids[socket], true, false);
            }
        }

        foreach (Socket socket in _writable)
        {
            if (count < ready.Length)
            {
                ready[count++] = new Ready(_ids[socket], false, true);
            }
        }

        return count;
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static int Result(int transferred, SocketError error) => error switch
    {
        SocketError.Success => transferred,
        SocketError.WouldBlock or SocketError.Interrupted => INetwork.WouldBlock,
        _ => 0,
    };
}
