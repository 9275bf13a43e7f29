using System.Net.Sockets;
using AotKv.Perf.Net;

namespace AotKv.Perf.Hostile;

/// <summary>Sockets that a server may close at any moment.</summary>
internal sealed class SocketSet(Target target) : IDisposable
{
    private readonly List<Socket?> _sockets = [];

    /// <summary>Opens so many more; those that are refused stay closed.</summary>
    public void Open(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _sockets.Add(null);
            Reopen(_sockets.Count - 1);
        }
    }

    /// <summary>Whether the server has not closed it, as far as is known.</summary>
    public bool IsOpen(int index) => index < _sockets.Count && _sockets[index] != null;

    /// <summary>Opens one anew; the set grows as far as needed.</summary>
    public void Reopen(int index)
    {
        while (_sockets.Count <= index)
        {
            _sockets.Add(null);
        }

        try
        {
            Socket socket = target.Connect();
            socket.Blocking = false;
            socket.LingerState = new LingerOption(true, 0);
            _sockets[index] = socket;
        }
        catch (SocketException)
        {
            _sockets[index] = null;
        }
    }

    /// <summary>Sends what there is room for, or, when told to, all.</summary>
    public void Send(int index, ReadOnlySpan<byte> bytes, bool wait)
    {
        if (_sockets[index] is not { } socket)
        {
            return;
        }

        socket.Blocking = wait;
        while (!bytes.IsEmpty)
        {
            int sent = socket.Send(bytes, SocketFlags.None, out SocketError error);
            if (error == SocketError.Success)
            {
                bytes = bytes[sent..];
                continue;
            }

            if (error != SocketError.WouldBlock)
            {
                socket.Dispose();
                _sockets[index] = null;
            }

            return;
        }
    }

    public void Dispose() => _sockets.ForEach(socket => socket?.Dispose());
}
