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
    public ISocketPipe Open(Socket socket, ListenSecurity security) =>
        new TlsPipe(this, new SocketCarrier(socket), security, (int)socket.Handle);
}
