using System.Net.Sockets;

namespace AotKv.Perf.Net;

/// <summary>
/// TLS over other sockets, by OpenSSL itself, which costs a client less than the framework's streams and needs no thread. Handshakes are
/// made when a connection is added, and wait.
/// </summary>
internal sealed unsafe class TlsNetwork(INetwork plain) : INetwork
{
    private readonly List<nint> _connections = [];
    private readonly nint _context = OpenSsl.CreateClient();

    public int Add(Socket socket)
    {
        nint ssl = OpenSsl.New(_context);
        socket.Blocking = true;
        int done = OpenSsl.SetDescriptor(ssl, (int)socket.Handle) == 1 ? OpenSsl.Connect(ssl) : 0;
        _connections.Add(ssl);
        if (done != 1)
        {
            throw new IOException("the server does not shake hands");
        }

        socket.Blocking = false;
        return plain.Add(socket);
    }

    public int Receive(int id, Span<byte> buffer)
    {
        int received = 0;
        fixed (byte* start = buffer)
        {
            // All records that are there: what stays inside OpenSSL makes no socket readable.
            while (received < buffer.Length)
            {
                int count = OpenSsl.Read(_connections[id], start + received, buffer.Length - received);
                if (count <= 0)
                {
                    int result = Result(id, count);
                    return received > 0 ? received : result;
                }

                received += count;
            }
        }

        return received;
    }

    public int Send(int id, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int count = OpenSsl.Write(_connections[id], start, bytes.Length);
            return count > 0 ? count : Result(id, count);
        }
    }

    public void WatchWrites(int id, bool watch) => plain.WatchWrites(id, watch);

    public void Remove(int id)
    {
        OpenSsl.Free(_connections[id]);
        _connections[id] = 0;
        plain.Remove(id);
    }

    public int Wait(Span<Ready> ready, int timeoutMilliseconds) => plain.Wait(ready, timeoutMilliseconds);

    public void Dispose()
    {
        _connections.ForEach(OpenSsl.Free);
        OpenSsl.FreeContext(_context);
        plain.Dispose();
    }

    private int Result(int id, int returned)
    {
        bool waits = OpenSsl.Error(_connections[id], returned) is OpenSsl.ErrorWantRead or OpenSsl.ErrorWantWrite;
        OpenSsl.ClearErrors();
        return waits ? INetwork.WouldBlock : 0;
    }
}
