using System.Net.Sockets;
using AotKv.Server.Transport.Pipes;

namespace AotKv.Server.Transport.Tls;

/// <summary>The step from a connected socket to a pair of pipes with TLS between.</summary>
internal sealed class TlsPipes(ServerState state, TlsCertificates certificates)
{
    public ServerState State => state;

    /// <summary>Those of which each handshake uses the newest.</summary>
    public TlsCertificates Certificates => certificates;

    /// <summary>Takes a connected socket over; the handshake is still to come.</summary>
    public ISocketPipe Open(Socket socket, ListenSecurity security)
    {
        // The stream of the framework insists on it, though nothing here blocks.
        socket.Blocking = true;
        return new TlsPipe(this, new NetworkStream(socket, ownsSocket: true), security, (int)socket.Handle);
    }
}
