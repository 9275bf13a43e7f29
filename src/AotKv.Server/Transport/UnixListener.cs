using System.Net.Sockets;
using System.Text;
using AotKv.Server.Transport.Native;

namespace AotKv.Server.Transport;

/// <summary>Opens a unix socket the way memcached does: a stale socket file is removed, anything else in its place is an error.</summary>
internal static class UnixListener
{
    /// <summary>What fits into sun_path with its end.</summary>
    private const int MaxPathBytes = 107;

    public static Socket Open(string path, int mode, int backlog)
    {
        Socket? socket = null;
        try
        {
            CheckPath(path);
            socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            UnixDomainSocketEndPoint endPoint = new(path);
            RemoveStale(path, endPoint);
            BindWithMode(socket, endPoint, mode);
            socket.Blocking = false;
            socket.Listen(backlog);
            return socket;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            socket?.Dispose();
            throw new ListenException($"failed to listen on UNIX socket: {path}: {exception.Message}", exception);
        }
    }

    /// <summary>What the system would say of these is misleading.</summary>
    private static void CheckPath(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
        {
            throw new IOException($"the path is longer than {MaxPathBytes} bytes");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new IOException($"there is no folder {folder}");
        }

        if (Directory.Exists(path))
        {
            throw new IOException("this is a folder; give the name of a socket in it");
        }
    }

    private static void RemoveStale(string path, UnixDomainSocketEndPoint endPoint)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && !IsRegularFile(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            throw new IOException("the path is taken by something that is not a socket; remove it or choose another path");
        }

        throw new IOException("another server is listening there");
    }

    private static bool IsRegularFile(string path)
    {
        try
        {
            // A socket cannot be opened as a file.
            using FileStream file = File.OpenRead(path);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void BindWithMode(Socket socket, UnixDomainSocketEndPoint endPoint, int mode)
    {
        if (OperatingSystem.IsWindows())
        {
            socket.Bind(endPoint);
            return;
        }

        // The mask is in force before the file exists, so that it is never open to more than it should be.
        uint before = UnixCalls.SetFileMask(~(uint)mode & 511);
        try
        {
            socket.Bind(endPoint);
        }
        finally
        {
            _ = UnixCalls.SetFileMask(before);
        }
    }
}
