using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotKv.Http.Tests.Support;

/// <summary>A blocking memcached client for lines of text.</summary>
internal sealed class TextClient : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true, ReceiveTimeout = 60_000 };
    private readonly StreamReader _reader;

    public TextClient(EndPoint endPoint)
    {
        _tcp.Connect((IPEndPoint)endPoint);
        _reader = new(_tcp.GetStream(), Encoding.Latin1);
    }

    /// <summary>Sends a request and reads a reply of one line.</summary>
    public string Ask(string request)
    {
        _tcp.GetStream().Write(Encoding.Latin1.GetBytes(request));
        return _reader.ReadLine()!;
    }

    /// <summary>Reads replies up to a line.</summary>
    public void Skip(string last)
    {
        while (_reader.ReadLine() is { } line && line != last)
        {
        }
    }

    public void Set(string key, string value) =>
        Assert.Equal("STORED", Ask(string.Create(CultureInfo.InvariantCulture, $"set {key} 0 0 {value.Length}\r\n{value}\r\n")));

    /// <summary>Whether it was there.</summary>
    public bool Get(string key)
    {
        bool hit = Ask($"get {key}\r\n") != "END";
        if (hit)
        {
            Skip("END");
        }

        return hit;
    }

    /// <summary>What <c>stats</c> says.</summary>
    public Dictionary<string, string> Stats(string of = "")
    {
        Dictionary<string, string> stats = new(StringComparer.Ordinal);
        for (string line = Ask($"stats{of}\r\n"); line != "END"; line = _reader.ReadLine()!)
        {
            string[] words = line.Split(' ', 3);
            stats[words[1]] = words[2];
        }

        return stats;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _tcp.Dispose();
    }
}
