using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotKv.Crash.Tests;

/// <summary>A connection in the classic text protocol. Whatever the server's death does to it is the end of the stream.</summary>
internal sealed class TextConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client;
    private readonly BufferedStream _reader;
    private readonly NetworkStream _stream;

    public TextConnection(EndPoint server)
    {
        _client = new TcpClient { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds, SendTimeout = (int)Patience.TotalMilliseconds };
        _client.Connect((IPEndPoint)server);
        _stream = _client.GetStream();
        _reader = new BufferedStream(_stream, 64 << 10);
    }

    /// <summary>Sends bytes; false when the server is gone.</summary>
    public bool Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public bool Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>The next line; null when the server is gone. A part of a line is no answer.</summary>
    public string? ReadLine()
    {
        var line = new StringBuilder();
        try
        {
            for (int next; (next = _reader.ReadByte()) >= 0;)
            {
                if (next == '\n')
                {
                    return line.ToString().TrimEnd('\r');
                }

                line.Append((char)next);
            }
        }
        catch (IOException)
        {
            // The same as the end of the stream.
        }

        return null;
    }

    /// <summary>Takes bytes that are of no interest; false when the server is gone.</summary>
    public bool Skip(int bytes)
    {
        try
        {
            _reader.ReadExactly(new byte[bytes]);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads an item with its CAS id.</summary>
    public (Entry? Entry, ulong Cas) Get(string key)
    {
        Assert.True(Send($"gets {key}\r\n"), "the server is gone");
        string[]? head = ReadLine()?.Split(' ');
        Assert.NotNull(head);
        if (head[0] == "END")
        {
            return (null, 0);
        }

        Assert.Equal(("VALUE", key), (head[0], head[1]));
        byte[] value = new byte[int.Parse(head[3], CultureInfo.InvariantCulture) + 2];
        _reader.ReadExactly(value);
        Assert.Equal("END", ReadLine());
        return (new Entry(uint.Parse(head[2], CultureInfo.InvariantCulture), value[..^2]), ulong.Parse(head[4], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _client.Dispose();
    }
}
