using System.Net;
using System.Net.Sockets;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Transport;

public sealed class ListenerTests
{
    [Fact]
    public void Start_without_addresses_listens_on_loopback_with_one_port()
    {
        using RunningServer server = new(new());
        Assert.All(server.Server.EndPoints, endPoint => Assert.True(IPAddress.IsLoopback(((IPEndPoint)endPoint).Address)));
        Assert.Single(server.Server.EndPoints.Select(endPoint => ((IPEndPoint)endPoint).Port).Distinct());
        foreach (EndPoint endPoint in server.Server.EndPoints)
        {
            using TestClient client = new(endPoint);
            client.Expect("version\r\n", "VERSION 1.6.45\r\n");
        }
    }

    [Fact]
    public void Start_on_a_port_in_use_names_the_port()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        ServerOptions options = new() { Listen = [new("127.0.0.1", port)] };
        ListenException exception = Assert.Throws<ListenException>(() => new RunningServer(options));
        Assert.StartsWith($"failed to listen on one of interface(s) 127.0.0.1:{port}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_on_a_name_that_does_not_exist_says_so()
    {
        ServerOptions options = new() { Listen = [new("no-such-host.invalid", null)] };
        Assert.Contains("no-such-host.invalid", Assert.Throws<ListenException>(() => new RunningServer(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_with_bad_options_names_them_all()
    {
        ServerOptions options = new() { Threads = 0, Backlog = -1 };
        string message = Assert.Throws<ArgumentException>(() => new RunningServer(options)).Message;
        Assert.Contains("threads", message, StringComparison.Ordinal);
        Assert.Contains("backlog", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unix_socket_is_served_with_its_permissions_and_replaces_a_stale_one(bool native)
    {
        string path = Path.Combine(Path.GetTempPath(), $"aotkv-{Guid.NewGuid():N}.sock");
        TransportKind kind = native ? TransportKind.Epoll : TransportKind.Pipelines;
        TransportTests.SkipUnlessThere(kind);
        ServerOptions options = new() { UnixSocketPath = path, UnixSocketMode = Convert.ToInt32("760", 8), Transport = kind };
        using (Socket stale = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // Bound through another name of the path, so that closing does not remove it.
            stale.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);
        using RunningServer server = new(options);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Convert.ToInt32("760", 8), (int)File.GetUnixFileMode(path));
        }

        using TestClient client = server.Connect();
        client.Expect("set a 0 0 1\r\n1\r\nget a\r\n", "STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\n");
        Assert.Equal(path, client.Stat("domain_socket", "stats settings"));
        Assert.Contains("another server", Assert.Throws<ListenException>(() => new RunningServer(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unix_socket_in_place_of_a_folder_is_refused()
    {
        ServerOptions options = new() { UnixSocketPath = Path.GetTempPath() };
        Assert.Contains("this is a folder", Assert.Throws<ListenException>(() => new RunningServer(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unix_socket_in_place_of_a_file_is_refused()
    {
        string path = Path.GetTempFileName();
        try
        {
            ServerOptions options = new() { UnixSocketPath = path };
            Assert.Contains("not a socket", Assert.Throws<ListenException>(() => new RunningServer(options)).Message, StringComparison.Ordinal);
            Assert.True(File.Exists(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
