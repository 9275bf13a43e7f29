using System.Net.Sockets;
using AotKv.Server.Transport.Native;
using AotKv.Server.Transport.Pipes;

namespace AotKv.Server.Transport.Tls;

/// <summary>
/// The step from a connected socket to a pair of pipes with TLS between: on Linux over loops of its own, as many as there are threads,
/// elsewhere over the framework's sockets.
/// </summary>
internal sealed class TlsPipes : IDisposable
{
    private readonly CarrierLoop[] _loops;

    /// <param name="state">What all connections share.</param>
    /// <param name="certificates">Those of which each handshake uses the newest.</param>
    public TlsPipes(ServerState state, TlsCertificates certificates)
    {
        State = state;
        Certificates = certificates;
        bool isNative = LinuxCalls.IsSupported && state.Options.Transport != TransportKind.Pipelines;
        _loops = new CarrierLoop[isNative ? state.Options.Threads : 0];
        for (int i = 0; i < _loops.Length; i++)
        {
            _loops[i] = new(i);
        }
    }

    public ServerState State { get; }

    public TlsCertificates Certificates { get; }

    /// <summary>Takes a connected socket over; the handshake is still to come.</summary>
    public ISocketPipe Open(Socket socket, ListenSecurity security)
    {
        int id = (int)socket.Handle;
        TlsCarrier carrier = _loops.Length > 0 ? Choose().Add(socket) : new SocketCarrier(socket);
        return new TlsPipe(this, carrier, security, id);
    }

    /// <summary>Ends the loops, when there are no connections any more.</summary>
    public void Dispose()
    {
        foreach (CarrierLoop loop in _loops)
        {
            loop?.Dispose();
        }
    }

    private CarrierLoop Choose()
    {
        CarrierLoop chosen = _loops[0];
        foreach (CarrierLoop loop in _loops)
        {
            chosen = loop.Connections < chosen.Connections ? loop : chosen;
        }

        return chosen;
    }
}
