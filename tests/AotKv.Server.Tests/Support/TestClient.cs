using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace AotKv.Server.Tests.Support;

/// <summary>A blocking client that speaks bytes. Text is Latin-1. Nothing here waits longer than a minute.</summary>
internal sealed class TestClient : IDisposable
{
    private const int DeadlineMs = 60_000;

    private readonly byte[] _buffer = new byte[64 << 10];

    private readonly Lock _shaking = new(); // one thread may send while another one reads
    private readonly SslStream? _tls;
    private readonly SslClientAuthenticationOptions? _handshake;

    /// <param name="endPoint">Where the server listens.</param>
    /// <param name="handshake">For TLS: how to shake hands, which happens when first something is sent or read.</param>
    public TestClient(EndPoint endPoint, SslClientAuthenticationOptions? handshake = null)
    {
        bool unix = endPoint is UnixDomainSocketEndPoint;
        Socket = new Socket(endPoint.AddressFamily, SocketType.Stream, unix ? ProtocolType.Unspecified : ProtocolType.Tcp)
        {
            ReceiveTimeout = DeadlineMs,
            SendTimeout = DeadlineMs,
        };
        Socket.Connect(endPoint);
        if (!unix)
        {
            Socket.NoDelay = true;
        }

        if (handshake != null)
        {
            _handshake = handshake;
            _tls = new SslStream(new NetworkStream(Socket));
        }
    }

    /// <summary>The connection's TLS; null without.</summary>
    public SslStream? Tls => Secure();

    public Socket Socket { get; }

    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_tls != null && !bytes.IsEmpty)
        {
            Secure()!.Write(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            bytes = bytes[Socket.Send(bytes)..];
        }
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void FinishSending()
    {
        if (_tls != null)
        {
            Secure()!.ShutdownAsync().Wait(DeadlineMs);
        }
        else
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
    }

    /// <summary>Reads so many bytes; fewer only when the server closed.</summary>
    public string Read(int count)
    {
        StringBuilder text = new();
        while (count > 0 && Receive(Math.Min(count, _buffer.Length)) is > 0 and int received)
        {
            text.Append(Encoding.Latin1.GetString(_buffer, 0, received));
            count -= received;
        }

        return text.ToString();
    }

    /// <summary>Reads until the server closes.</summary>
    public string ReadToEnd() => Read(int.MaxValue);

    /// <summary>Reads up to a text.</summary>
    public string ReadUntil(string end)
    {
        StringBuilder text = new();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal) && Receive(1) > 0)
        {
            text.Append((char)_buffer[0]);
        }

        return text.ToString();
    }

    /// <summary>Sends, and reads as many bytes as are expected.</summary>
    public void Expect(string request, string reply)
    {
        Send(request);
        Assert.Equal(reply, Read(reply.Length));
    }

    public string Stat(string name, string group = "stats")
    {
        Send($"{group}\r\n");
        string line = ReadUntil("END\r\n").Split("\r\n").Single(line => line.StartsWith($"STAT {name} ", StringComparison.Ordinal));
        return line[$"STAT {name} ".Length..];
    }

    /// <summary>Uses the client and closes it.</summary>
    public T Use<T>(Func<TestClient, T> use)
    {
        using (this)
        {
            return use(this);
        }
    }

    /// <summary>Closes so that the server sees a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    public void Dispose()
    {
        _tls?.Dispose();
        Socket.Dispose();
    }

    private SslStream? Secure()
    {
        lock (_shaking)
        {
            if (_tls is { IsAuthenticated: false })
            {
                _tls.AuthenticateAsClient(_handshake!);
            }
        }

        return _tls;
    }

    private int Receive(int count)
    {
        try
        {
            return _tls != null ? Secure()!.Read(_buffer, 0, count) : Socket.Receive(_buffer, count, SocketFlags.None);
        }
        catch (Exception exception) when (_tls != null && exception is IOException or AuthenticationException
            && exception.InnerException is not SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
        {
            return 0;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
