using AotKv.Server.Transport.Native;

namespace AotKv.Server.Transport;

/// <summary>
/// Which protocols each listener speaks (<c>-l proto[NAME]:</c>). Where all speak the same there is nothing to look up; otherwise the first
/// byte of a connection costs one question to the system (Linux; elsewhere every listener speaks all).
/// </summary>
internal static class ListenerProtocols
{
    /// <summary>What is spoken on a connection, by its descriptor; null when the server's own setting holds for all.</summary>
    /// <param name="options">A server that allows one protocol alone allows it on every listener.</param>
    /// <param name="listeners">The open listeners.</param>
    public static Func<int, WireProtocols>? For(ServerOptions options, IReadOnlyList<Listener> listeners)
    {
        if (!LinuxCalls.IsSupported || options.Protocols != WireProtocols.Any || listeners.All(listener => listener.Address?.Protocols == null))
        {
            return null;
        }

        (SocketName Name, WireProtocols Protocols)[] known =
        [
            .. listeners.Select(listener => (SocketName.Of(listener.Socket.LocalEndPoint), listener.Address?.Protocols ?? options.Protocols)),
        ];
        return descriptor => Find(known, SocketNames.Local(descriptor));
    }

    private static WireProtocols Find((SocketName Name, WireProtocols Protocols)[] known, SocketName local)
    {
        foreach ((SocketName name, WireProtocols protocols) in known)
        {
            bool isAny = name.Host is "0.0.0.0" or "::";
            if (name.Port == local.Port && name.Family == local.Family && (isAny || name.Host == local.Host))
            {
                return protocols;
            }
        }

        return WireProtocols.Any;
    }
}
