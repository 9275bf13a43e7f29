using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AotKv.Server.Transport;

/// <summary>One end of a connection, as statistics and watchers show it.</summary>
/// <param name="Family">IPv4, IPv6 or unix; anything else when it is not known.</param>
/// <param name="Host">The address without port, or the path; empty when there is none.</param>
/// <param name="Port">The port; 0 without one.</param>
/// <param name="IsDatagram">Of UDP.</param>
internal readonly record struct SocketName(AddressFamily Family, string Host, int Port, bool IsDatagram = false)
{
    /// <summary>The end of a socket of the framework.</summary>
    public static SocketName Of(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint address => new(address.AddressFamily, address.Address.ToString(), address.Port),
        UnixDomainSocketEndPoint path => new(AddressFamily.Unix, path.ToString(), 0),
        _ => new(AddressFamily.Unknown, string.Empty, 0),
    };

    /// <summary>As <c>stats conns</c> writes it: <c>tcp:127.0.0.1:11211</c>, <c>tcp6:[::1]:11211</c>, <c>unix:/path</c>.</summary>
    public override string ToString() => Family switch
    {
        AddressFamily.InterNetwork => string.Create(CultureInfo.InvariantCulture, $"{Transport}:{Host}:{Port}"),
        AddressFamily.InterNetworkV6 => string.Create(CultureInfo.InvariantCulture, $"{Transport}6:[{Host}]:{Port}"),
        AddressFamily.Unix => $"unix:{Host}",
        _ => "unknown",
    };

    private string Transport => IsDatagram ? "udp" : "tcp";
}

/// <summary>A descriptor in <c>stats conns</c>.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">The client's address; a listener's own.</param>
/// <param name="ListenName">Where the client came in; null for a listener.</param>
/// <param name="State">What it is doing, in memcached's words.</param>
/// <param name="IdleSeconds">Since its last request.</param>
internal readonly record struct ConnectionInfo(int Id, SocketName Name, SocketName? ListenName, string State, long IdleSeconds);
