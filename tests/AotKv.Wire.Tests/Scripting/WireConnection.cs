using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests.Scripting;

/// <summary>A client's connection: writes bytes, and takes from what the server says piece by piece.</summary>
internal sealed class WireConnection : IDisposable
{
    /// <summary>How long a server may think before silence counts as no answer. Only a wrong server ever waits that long.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(1);

    /// <summary>Larger writes run beside the reading, since a server may stop reading while its replies are not read.</summary>
    private const int LargestWriteInOneGoBytes = 32 * 1024;

    private const int FrameBytes = 8;

    private readonly Socket _socket;
    private readonly SslStream? _tls;
    private readonly TimeSpan _patience;
    private readonly bool _isUdp;
    private readonly byte[] _chunk = new byte[64 * 1024];
    private readonly MemoryStream _received = new();
    private int _taken;
    private ushort _datagrams;
    private bool _ended;
    private Task _writing = Task.CompletedTask;

    /// <summary>Connects over TCP, with TLS when the end point is such a one, or over a unix socket.</summary>
    public WireConnection(EndPoint server)
        : this(server, DefaultPatience)
    {
    }

    /// <inheritdoc cref="WireConnection(EndPoint)"/>
    /// <param name="server">Where it listens.</param>
    /// <param name="patience">How long silence may last.</param>
    /// <param name="isUdp">Send datagrams, each with memcached's frame of 8 bytes, instead of a stream.</param>
    public WireConnection(EndPoint server, TimeSpan patience, bool isUdp = false)
    {
        _patience = patience;
        _isUdp = isUdp;
        _socket = server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : isUdp
                ? new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.ReceiveTimeout = (int)_patience.TotalMilliseconds;
        _socket.Connect(server);
        if (server is TlsEndPoint && !isUdp)
        {
            _tls = new SslStream(new NetworkStream(_socket));
            _tls.AuthenticateAsClient(WireCertificates.Client());
        }
    }

    /// <summary>The serial number of the server's certificate; null without TLS.</summary>
    public string? ServerSerial => _tls?.RemoteCertificate?.GetSerialNumberString();

    private ReadOnlySpan<byte> Available => _received.GetBuffer().AsSpan(_taken, (int)_received.Length - _taken);

    /// <summary>Writes one batch in the given pieces, with a pause between two pieces.</summary>
    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, TimeSpan between)
    {
        _writing.Wait();
        if (pieces.Sum(piece => piece.Length) > LargestWriteInOneGoBytes)
            _writing = Task.Run(() => WriteNow(pieces, between));
        else
            WriteNow(pieces, between);
    }

    /// <summary>Writes bytes in one go.</summary>
    public void Write(ReadOnlyMemory<byte> bytes) => Write([bytes], TimeSpan.Zero);

    /// <summary>Writes a text, one byte for each character.</summary>
    public void Write(string text) => Write(Encoding.Latin1.GetBytes(text));

    /// <summary>Writes as much as the server takes, in the background; what is left when the connection is closed is lost.</summary>
    public void WriteWithoutWaiting(ReadOnlyMemory<byte> bytes) =>
        _writing = _writing.ContinueWith(_ => WriteNow([bytes], TimeSpan.Zero), TaskContinuationOptions.LongRunning);

    /// <summary>Waits until everything is written.</summary>
    public void Flush() => _writing.Wait();

    /// <summary>Closes this end.</summary>
    public void Close(CloseKind kind)
    {
        if (kind == CloseKind.Half)
        {
            Flush();
            if (_tls == null)
                _socket.Shutdown(SocketShutdown.Send);
            else
                _tls.ShutdownAsync().Wait();
            return;
        }

        if (kind == CloseKind.Close)
            Flush();
        else
            _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
        _ended = true;
    }

    /// <summary>Takes exactly these bytes, or says what came instead.</summary>
    public string? Take(ReadOnlySpan<byte> expected)
    {
        while (true)
        {
            var common = Math.Min(expected.Length, Available.Length);
            if (!Available[..common].SequenceEqual(expected[..common]))
                return Rest();
            if (common == expected.Length)
                break;
            if (!Receive())
                return Rest();
        }

        _taken += expected.Length;
        Forget();
        return null;
    }

    /// <summary>Takes so many bytes; null when they do not come.</summary>
    public byte[]? TakeBytes(int count)
    {
        while (Available.Length < count)
        {
            if (!Receive())
                return null;
        }

        var bytes = Available[..count].ToArray();
        _taken += count;
        Forget();
        return bytes;
    }

    /// <summary>Takes a line without its end; null when none comes, or when it has another end.</summary>
    /// <param name="isBare">It ends with LF alone, not with CR LF.</param>
    public string? TakeLine(bool isBare = false)
    {
        int end;
        while ((end = Available.IndexOf((byte)'\n')) < 0)
        {
            if (!Receive())
                return null;
        }

        var line = Encoding.Latin1.GetString(Available[..end]);
        if (line.EndsWith('\r') == isBare)
            return null;
        _taken += end + 1;
        Forget();
        return isBare ? line : line[..^1];
    }

    /// <summary>Takes the server's close, or says what came instead.</summary>
    public string? TakeClose()
    {
        while (Available.Length == 0 && Receive())
        {
        }

        return Available.Length == 0 && _ended ? null : Rest();
    }

    /// <summary>What has come and was not taken, with what still comes within a moment.</summary>
    public string Rest()
    {
        _socket.ReceiveTimeout = 200;
        while (!_ended && Available.Length < 4096 && Receive())
        {
        }

        _socket.ReceiveTimeout = (int)_patience.TotalMilliseconds;
        return Escape(Encoding.Latin1.GetString(Available)) + (_ended ? " (closed)" : Available.Length == 0 ? "(silence)" : "");
    }

    /// <summary>Shows bytes as in a conversation file, shortened.</summary>
    public static string Escape(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.Length > 400 ? text[..400] : text)
        {
            _ = c switch
            {
                '\r' => shown.Append("\\r"),
                '\n' => shown.Append("\\n"),
                '\\' => shown.Append("\\\\"),
                < ' ' or > '~' => shown.Append($"\\x{(int)c:x2}"),
                _ => shown.Append(c),
            };
        }

        return text.Length > 400 ? $"{shown}... ({text.Length} bytes)" : shown.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tls?.Dispose();
        _socket.Dispose();
        _received.Dispose();
    }

    private void WriteNow(IReadOnlyList<ReadOnlyMemory<byte>> pieces, TimeSpan between)
    {
        try
        {
            for (var i = 0; i < pieces.Count; i++)
            {
                if (i > 0 && between > TimeSpan.Zero)
                    Thread.Sleep(between);
                if (_tls != null)
                    _tls.Write(pieces[i].Span);
                for (var left = _isUdp ? Frame(pieces[i]) : pieces[i]; _tls == null && left.Length > 0;)
                    left = left[_socket.Send(left.Span)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The server closed, or the conversation is over: what it expects says whether that is right.
        }
    }

    private bool Receive()
    {
        if (_ended)
            return false;

        try
        {
            var count = _tls != null ? _tls.Read(_chunk) : _socket.Receive(_chunk);
            _ended = count == 0;
            var frame = _isUdp ? Math.Min(FrameBytes, count) : 0;
            _received.Seek(0, SeekOrigin.End);
            _received.Write(_chunk, frame, count - frame);
            return count > 0;
        }
        catch (Exception e) when ((e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return false;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            _ended = true;
            return false;
        }
    }

    /// <summary>Number of the request, datagram 0 of 1.</summary>
    private ReadOnlyMemory<byte> Frame(ReadOnlyMemory<byte> request)
    {
        _datagrams++;
        return (byte[])[(byte)(_datagrams >> 8), (byte)_datagrams, 0, 0, 0, 1, 0, 0, .. request.Span];
    }

    private void Forget()
    {
        if (_taken < _received.Length)
            return;
        _received.SetLength(0);
        _taken = 0;
    }
}
