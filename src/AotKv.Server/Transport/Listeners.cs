using System.Net;
using System.Net.Sockets;

namespace AotKv.Server.Transport;

/// <summary>The sockets a server listens on; opened before anything else, so that a port in use is known at once.</summary>
internal sealed class Listeners : IDisposable
{
    private const int FreePortAttempts = 16;

    private Listeners(List<Listener> streams, List<Socket> datagrams)
    {
        Streams = streams;
        Datagrams = datagrams;
    }

    /// <summary>Opens a socket for an end point.</summary>
    private delegate Socket Opener(IPEndPoint endPoint);

    /// <summary>The listening sockets of TCP or of the unix domain; all non-blocking.</summary>
    public IReadOnlyList<Listener> Streams { get; }

    /// <summary>The sockets of UDP.</summary>
    public IReadOnlyList<Socket> Datagrams { get; }

    /// <summary>Opens all of them, or none.</summary>
    /// <exception cref="ListenException">One of them cannot be opened.</exception>
    public static Listeners Open(ServerOptions options)
    {
        if (options.UnixSocketPath is { } path)
        {
            return new([new(UnixListener.Open(path, options.UnixSocketMode, options.Backlog), null)], []);
        }

        List<Listener> streams = options.TcpDisabled ? [] : OpenTransport(options, "TCP", options.Port, endPoint => OpenTcp(endPoint, options.Backlog));
        try
        {
            List<Listener> datagrams = options.UdpPort == 0 ? [] : OpenTransport(options, "UDP", Math.Max(options.UdpPort, 0), OpenUdp);
            return new(streams, datagrams.ConvertAll(listener => listener.Socket));
        }
        catch (ListenException)
        {
            streams.ForEach(listener => listener.Socket.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (Listener listener in Streams)
        {
            listener.Socket.Dispose();
        }

        foreach (Socket socket in Datagrams)
        {
            socket.Dispose();
        }
    }

    private static List<Listener> OpenTransport(ServerOptions options, string transport, int port, Opener open) =>
        options.Listen.Count == 0 ? OpenLoopback(transport, port, open) : OpenAll(options, port, open);

    /// <summary>127.0.0.1, and ::1 on the same port where the machine has it.</summary>
    private static List<Listener> OpenLoopback(string transport, int port, Opener open)
    {
        for (int attempt = 1; ; attempt++)
        {
            List<Listener> opened = [];
            try
            {
                opened.Add(new(open(new(IPAddress.Loopback, port)), null));
                AddWhereThere(opened, new(IPAddress.IPv6Loopback, PortOf(opened[0])), null, open);
                return opened;
            }
            catch (SocketException exception)
            {
                opened.ForEach(listener => listener.Socket.Dispose());
                if (port != 0 || attempt == FreePortAttempts)
                {
                    throw new ListenException($"failed to listen on {transport} port {port}: {Explain(exception)}", exception);
                }
            }
        }
    }

    private static List<Listener> OpenAll(ServerOptions options, int commonPort, Opener open)
    {
        List<Listener> opened = [];
        foreach (ListenAddress address in options.Listen)
        {
            int port = address.Port ?? commonPort;
            try
            {
                if (port == 0 && opened.Count > 0)
                {
                    port = PortOf(opened[0]);
                }

                OpenOne(address, port, opened, open);
            }
            catch (SocketException exception)
            {
                opened.ForEach(listener => listener.Socket.Dispose());
                string all = string.Join(',', options.Listen);
                string where = new ListenAddress(address.Host, port).ToString();
                throw new ListenException($"failed to listen on one of interface(s) {all}: {where}: {Explain(exception)}", exception);
            }
        }

        return opened;
    }

    private static void OpenOne(ListenAddress address, int port, List<Listener> opened, Opener open)
    {
        if (address.Host == ListenAddress.Any)
        {
            opened.Add(new(open(new(IPAddress.Any, port)), address));
            AddWhereThere(opened, new(IPAddress.IPv6Any, PortOf(opened[^1])), address, open);
            return;
        }

        IPAddress[] found = IPAddress.TryParse(address.Host, out IPAddress? literal) ? [literal] : Dns.GetHostAddresses(address.Host);
        int before = opened.Count;
        foreach (IPAddress one in found)
        {
            int chosen = port == 0 && opened.Count > before ? PortOf(opened[before]) : port;
            if (one.AddressFamily == AddressFamily.InterNetworkV6 && opened.Count > before)
            {
                AddWhereThere(opened, new(one, chosen), address, open);
            }
            else
            {
                opened.Add(new(open(new(one, chosen)), address));
            }
        }

        if (opened.Count == before)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }

    private static int PortOf(Listener listener) => ((IPEndPoint)listener.Socket.LocalEndPoint!).Port;

    /// <summary>What the system says, and what to do about it where that is known.</summary>
    private static string Explain(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"{exception.Message}; stop what listens there, or choose another port with -p",
        SocketError.AccessDenied => $"{exception.Message}; ports below 1024 need root's rights: choose another with -p",
        SocketError.AddressNotAvailable or SocketError.HostNotFound => $"{exception.Message}; give an address of this machine with -l",
        _ => exception.Message,
    };

    /// <summary>A second address beside one that is open: a machine without IPv6 does without it.</summary>
    private static void AddWhereThere(List<Listener> opened, IPEndPoint endPoint, ListenAddress? address, Opener open)
    {
        try
        {
            opened.Add(new(open(endPoint), address));
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressFamilyNotSupported
            or SocketError.AddressNotAvailable or SocketError.ProtocolNotSupported or SocketError.OperationNotSupported)
        {
        }
    }

    /// <summary>
    /// The options that connections inherit are set on the listener, so that accepting costs one system call: no delay of small
    /// replies, and probes for clients that vanished. The framework sets address reuse, and without dual mode IPv6 only.
    /// </summary>
    private static Socket OpenTcp(IPEndPoint endPoint, int backlog)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.Blocking = false;
            socket.Bind(endPoint);
            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket OpenUdp(IPEndPoint endPoint)
    {
        Socket socket = new(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
