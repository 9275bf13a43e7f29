using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotKv.Top;

/// <summary>Asks a server over its memcached port what <c>stats</c> says.</summary>
internal sealed class StatsClient : IDisposable
{
    private const int PatienceMs = 10_000;
    private const int LongestLine = 64 << 10;

    private readonly string _name;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[16 << 10];
    private bool _hasAnswered;
    private int _from;
    private int _to;

    private StatsClient(string name, Socket socket)
    {
        _name = name;
        _socket = socket;
        _stream = new(socket);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="TopException">Nobody is there.</exception>
    public static StatsClient Connect(EndPoint endPoint, string name)
    {
        bool isUnix = endPoint is UnixDomainSocketEndPoint;
        Socket socket = isUnix ? new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SendTimeout = socket.ReceiveTimeout = PatienceMs;
        try
        {
            using CancellationTokenSource patience = new(PatienceMs);
            socket.ConnectAsync(endPoint, patience.Token).AsTask().GetAwaiter().GetResult();
            return new(name, socket);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            string why = exception is SocketException ? exception.Message : $"no answer for {PatienceMs / 1000} seconds";
            throw new TopException($"cannot connect to {name}: {why}", exception);
        }
    }

    /// <summary>One look at the server.</summary>
    /// <exception cref="TopException">It does not answer, or not as a memcached does.</exception>
    public StatsSample Take()
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            Send("version\r\n"u8);
            string version = ReadLine();
            TimeSpan roundTrip = Stopwatch.GetElapsedTime(began);
            _hasAnswered = true;
            if (!version.StartsWith("VERSION ", StringComparison.Ordinal))
            {
                throw new TopException(version.Contains("unauthenticated", StringComparison.OrdinalIgnoreCase)
                    ? $"{_name} wants a login, which aotkv top does not have" : $"{_name} is no memcached: it answered '{version}'");
            }

            Dictionary<string, string> figures = new(StringComparer.Ordinal);
            Ask("stats\r\n"u8, figures, mustAnswer: true);
            long at = Stopwatch.GetTimestamp();
            Ask("stats aotkv\r\n"u8, figures, mustAnswer: false);
            return new(at, roundTrip, figures);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new TopException(
                _hasAnswered ? $"{_name} does not answer any more: {exception.Message}"
                    : $"{_name} does not answer: {exception.Message} (does it speak TLS? aotkv top does not)", exception);
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private void Ask(ReadOnlySpan<byte> request, Dictionary<string, string> figures, bool mustAnswer)
    {
        Send(request);
        while (true)
        {
            string line = ReadLine();
            string[] words = line.Split(' ', 3);
            if (words is ["STAT", var name, var value])
            {
                figures[name] = value;
            }
            else if (line == "END" || (!mustAnswer && line.Contains("ERROR", StringComparison.Ordinal)))
            {
                return;
            }
            else
            {
                throw new TopException($"{_name} answered '{line}' when asked for stats");
            }
        }
    }

    private void Send(ReadOnlySpan<byte> request) => _stream.Write(request);

    private string ReadLine()
    {
        StringBuilder line = new();
        while (true)
        {
            int end = _buffer.AsSpan(_from, _to - _from).IndexOf((byte)'\n');
            int until = end < 0 ? _to : _from + end;
            line.Append(Encoding.Latin1.GetString(_buffer, _from, until - _from));
            _from = end < 0 ? until : until + 1;
            if (end >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }

            _from = 0;
            _to = line.Length > LongestLine ? 0 : _stream.Read(_buffer);
            if (_to == 0)
            {
                throw new IOException("it closed the connection");
            }
        }
    }
}
