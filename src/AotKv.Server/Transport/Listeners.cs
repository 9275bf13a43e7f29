using System.Net;
using System.Net.Sockets;

namespace AotKv.Server.Transport;

/// <summary>The sockets a server listens on; opened before anything else, so that a port in use is known at once.</summary>
internal sealed class Listeners : IDisposable
{
    private const int FreePortAttempts = 16;

    private readonly List<Socket> _sockets;

    private Listeners(List<Socket> sockets) => _sockets = sockets;

    /// <summary>The listening sockets; all non-blocking.</summary>
    public IReadOnlyList<Socket> Sockets => _sockets;

    /// <summary>Where they listen.</summary>
    public IReadOnlyList<EndPoint> EndPoints => _sockets.ConvertAll(socket => socket.LocalEndPoint!);

    /// <summary>Opens all of them, or none.</summary>
    /// <exception cref="ListenException">One of them cannot be opened.</exception>
    public static Listeners Open(ServerOptions options)
    {
        if (options.UnixSocketPath is { } path)
        {
            return new([UnixListener.Open(path, options.UnixSocketMode, options.Backlog)]);
        }

        return options.Listen.Count == 0 ? OpenLoopback(options) : OpenAll(options);
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    /// <summary>127.0.0.1, and ::1 on the same port where the machine has it.</summary>
    private static Listeners OpenLoopback(ServerOptions options)
    {
        for (int attempt = 1; ; attempt++)
        {
            List<Socket> sockets = [];
            try
            {
                sockets.Add(OpenTcp(new(IPAddress.Loopback, options.Port), options.Backlog));
                int port = ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
                AddWhereThere(sockets, new(IPAddress.IPv6Loopback, port), options.Backlog);
                return new(sockets);
            }
            catch (SocketException exception)
            {
                sockets.ForEach(socket => socket.Dispose());
                if (options.Port != 0 || attempt == FreePortAttempts)
                {
                    throw new ListenException($"failed to listen on TCP port {options.Port}: {Explain(exception)}", exception);
                }
            }
        }
    }

    private static Listeners OpenAll(ServerOptions options)
    {
        List<Socket> sockets = [];
        foreach (ListenAddress address in options.Listen)
        {
            int port = address.Port ?? options.Port;
            try
            {
                if (port == 0 && sockets.Count > 0)
                {
                    port = ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
                }

                OpenOne(address.Host, port, options.Backlog, sockets);
            }
            catch (SocketException exception)
            {
                sockets.ForEach(socket => socket.Dispose());
                string all = string.Join(',', options.Listen);
                string where = new ListenAddress(address.Host, port).ToString();
                throw new ListenException($"failed to listen on one of interface(s) {all}: {where}: {Explain(exception)}", exception);
            }
        }

        return new(sockets);
    }

    private static void OpenOne(string host, int port, int backlog, List<Socket> sockets)
    {
        if (host == ListenAddress.Any)
        {
            sockets.Add(OpenTcp(new(IPAddress.Any, port), backlog));
            AddWhereThere(sockets, new(IPAddress.IPv6Any, ((IPEndPoint)sockets[^1].LocalEndPoint!).Port), backlog);
            return;
        }

        IPAddress[] found = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : Dns.GetHostAddresses(host);
        int before = sockets.Count;
        foreach (IPAddress address in found)
        {
            int chosen = port == 0 && sockets.Count > before ? ((IPEndPoint)sockets[before].LocalEndPoint!).Port : port;
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && sockets.Count > before)
            {
                AddWhereThere(sockets, new(address, chosen), backlog);
            }
            else
            {
                sockets.Add(OpenTcp(new(address, chosen), backlog));
            }
        }

        if (sockets.Count == before)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }

    /// <summary>What the system says, and what to do about it where that is known.</summary>
    private static string Explain(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"{exception.Message}; stop what listens there, or choose another port with -p",
        SocketError.AccessDenied => $"{exception.Message}; ports below 1024 need root's rights: choose another with -p",
        SocketError.AddressNotAvailable or SocketError.HostNotFound => $"{exception.Message}; give an address of this machine with -l",
        _ => exception.Message,
    };

    /// <summary>A second address beside one that is open: a machine without IPv6 does without it.</summary>
    private static void AddWhereThere(List<Socket> sockets, IPEndPoint endPoint, int backlog)
    {
        try
        {
            sockets.Add(OpenTcp(endPoint, backlog));
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
}
