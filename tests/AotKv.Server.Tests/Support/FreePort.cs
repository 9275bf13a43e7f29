using System.Net;
using System.Net.Sockets;

namespace AotKv.Server.Tests.Support;

/// <summary>Ports that were free a moment ago, for listeners beside the first one.</summary>
internal static class FreePort
{
    public static int Next()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
