using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AotKv.Perf.Net;

/// <summary>Where a server listens.</summary>
/// <param name="EndPoint">An address and port, or the path of a unix socket.</param>
public sealed record Target(EndPoint EndPoint)
{
    /// <summary>Reads <c>host:port</c>, <c>[v6]:port</c>, or <c>unix:path</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The target, or null when the text cannot be read or the host not be found.</returns>
    public static Target? Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            return new Target(new UnixDomainSocketEndPoint(text["unix:".Length..]));
        }

        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        string host = text[..colon].Trim('[', ']');
        if (!IPAddress.TryParse(host, out IPAddress? address))
        {
            try
            {
                address = Array.Find(Dns.GetHostAddresses(host), _ => true);
            }
            catch (SocketException)
            {
                return null;
            }
        }

        return address is null ? null : new Target(new IPEndPoint(address, port));
    }

    /// <summary>Opens a connection, without delaying small packets.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public Socket Connect()
    {
        bool unix = EndPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            socket.Connect(EndPoint);
            if (!unix)
            {
                socket.NoDelay = true;
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => EndPoint is UnixDomainSocketEndPoint ? $"unix:{EndPoint}" : EndPoint.ToString()!;
}
