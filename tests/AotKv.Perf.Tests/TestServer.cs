using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AotKv.Perf.Net;

namespace AotKv.Perf.Tests;

/// <summary>A small, slow, correct server in this process, with faults on demand: what the load generator must notice.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Dictionary<string, (string Flags, byte[] Value)> _items = [];
    private readonly List<Socket> _sockets = [];
    private long _requests;

    public TestServer(bool unixSocket = false)
    {
        EndPoint where = unixSocket
            ? new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"aotkv-test-{Guid.NewGuid():N}.sock"))
            : new IPEndPoint(IPAddress.Loopback, 0);
        _listener = new Socket(where.AddressFamily, SocketType.Stream, unixSocket ? ProtocolType.Unspecified : ProtocolType.Tcp);
        _listener.Bind(where);
        _listener.Listen();
        Target = new Target(unixSocket ? where : _listener.LocalEndPoint!);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public Target Target { get; }

    /// <summary>Requests answered, over all connections.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Sleep once, before this request of all (counted from 1); 0 never.</summary>
    public long StallAt { get; set; }

    /// <summary>How long.</summary>
    public TimeSpan Stall { get; set; }

    /// <summary>Change a byte of every value that is read.</summary>
    public bool Corrupt { get; set; }

    /// <summary>Close the connection at this request of all; 0 never.</summary>
    public long CloseAt { get; set; }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_items)
        {
            _sockets.ForEach(socket => socket.Dispose());
        }

        if (Target.EndPoint is UnixDomainSocketEndPoint path)
        {
            File.Delete(path.ToString()!);
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.Accept();
                if (socket.ProtocolType == ProtocolType.Tcp)
                {
                    socket.NoDelay = true;
                }

                lock (_items)
                {
                    _sockets.Add(socket);
                }

                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private void Serve(Socket socket)
    {
        try
        {
            using var input = new BufferedStream(new NetworkStream(socket));
            using var output = new BufferedStream(new NetworkStream(socket), 64 << 10);
            while (ReadLine(input) is { } line)
            {
                long number = Interlocked.Increment(ref _requests);
                if (number == CloseAt)
                {
                    socket.Dispose();
                    return;
                }

                if (number == StallAt)
                {
                    Thread.Sleep(Stall);
                }

                lock (_items)
                {
                    Answer(line.Split(' '), input, output);
                }

                output.Flush();
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    private void Answer(string[] words, BufferedStream input, BufferedStream output)
    {
        switch (words[0])
        {
            case "get" or "gat":
                foreach (string key in words[(words[0] == "get" ? 1 : 2)..])
                {
                    if (_items.TryGetValue(key, out (string Flags, byte[] Value) item))
                    {
                        byte[] value = item.Value.ToArray();
                        value[^1] ^= (byte)(Corrupt ? 1 : 0);
                        output.Write(Encoding.ASCII.GetBytes($"VALUE {key} {item.Flags} {value.Length}\r\n"));
                        output.Write(value);
                        output.Write("\r\n"u8);
                    }
                }

                output.Write("END\r\n"u8);
                break;
            case "set":
                byte[] stored = new byte[int.Parse(words[4], CultureInfo.InvariantCulture)];
                input.ReadExactly(stored);
                ReadLine(input);
                _items[words[1]] = (words[2], stored);
                output.Write("STORED\r\n"u8);
                break;
            case "touch":
                output.Write(_items.ContainsKey(words[1]) ? "TOUCHED\r\n"u8 : "NOT_FOUND\r\n"u8);
                break;
            case "incr":
                Count(words[1], output);
                break;
            default:
                output.Write(_items.Remove(words[^1]) ? "DELETED\r\n"u8 : "NOT_FOUND\r\n"u8);
                break;
        }
    }

    private void Count(string key, BufferedStream output)
    {
        if (!_items.TryGetValue(key, out (string Flags, byte[] Value) item))
        {
            output.Write("NOT_FOUND\r\n"u8);
            return;
        }

        ulong next = ulong.Parse(item.Value, CultureInfo.InvariantCulture) + 1;
        _items[key] = (item.Flags, Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture)));
        output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{next}\r\n")));
    }

    private static string? ReadLine(BufferedStream input)
    {
        var line = new StringBuilder();
        int b;
        while ((b = input.ReadByte()) != '\n')
        {
            if (b < 0)
            {
                return null;
            }

            line.Append((char)b);
        }

        return line.ToString().TrimEnd('\r');
    }
}
