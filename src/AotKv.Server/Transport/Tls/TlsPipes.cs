using System.Net.Sockets;
using AotKv.Server.Transport.Pipes;

namespace AotKv.Server.Transport.Tls;

/// <summary>The step from a connected socket to a pair of pipes with TLS between.</summary>
internal sealed class TlsPipes(TlsCertificates certificates, TlsCounters counters)
{
    /// <summary>Takes a connected socket over; the handshake is still to come.</summary>
    public ISocketPipe Open(Socket socket, ListenSecurity security)
    {
        // The stream of the framework insists on it, though nothing here blocks.
        socket.Blocking = true;
        return new TlsPipe(new NetworkStream(socket, ownsSocket: true), certificates, security, counters);
    }
}
