using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Holding;

/// <summary>Stores many items one after the other, without waiting for replies in between, and asks for statistics.</summary>
internal sealed class StoreClient : IDisposable
{
    /// <summary>Length of a key.</summary>
    public const int KeyBytes = 16;

    private const int FlushBytes = 256 << 10;

    private readonly Socket _socket;
    private readonly ValuePool _values;
    private readonly int _valueBytes;
    private readonly byte[] _requests;
    private readonly byte[] _replies = new byte[64 << 10];
    private int _pending;

    /// <summary>Connects.</summary>
    /// <param name="target">The server.</param>
    /// <param name="valueBytes">Length of every value.</param>
    public StoreClient(Target target, int valueBytes)
    {
        _socket = target.Connect();
        _socket.ReceiveTimeout = 60_000;
        _values = new ValuePool(valueBytes);
        _valueBytes = valueBytes;
        _requests = new byte[FlushBytes + valueBytes + 128];
    }

    /// <summary>Stores items with the keys of some numbers, and waits until the server has dealt with the last.</summary>
    /// <param name="from">The first number.</param>
    /// <param name="to">Behind the last.</param>
    public void Store(uint from, uint to)
    {
        for (uint key = from; key < to; key++)
        {
            Append("set "u8);
            KeySpace.Write(key, _requests.AsSpan(_pending, KeyBytes));
            _pending += KeyBytes;
            Append(" 0 0 "u8);
            _ = Utf8Formatter.TryFormat(_valueBytes, _requests.AsSpan(_pending), out int digits);
            _pending += digits;
            Append(" noreply\r\n"u8);
            Append(_values.Slice(key, 0, _valueBytes));
            Append("\r\n"u8);
            if (_pending >= FlushBytes)
            {
                Send();
            }
        }

        Append("verbosity 0\r\n"u8);
        Send();
        string reply = Receive("\r\n");
        if (reply != "OK\r\n")
        {
            throw new ReplyException("the stores were not all accepted", Encoding.ASCII.GetBytes(reply));
        }
    }

    /// <summary>Reads a key, checking every byte of the value.</summary>
    /// <returns>Whether it is there.</returns>
    public bool Holds(uint key)
    {
        Append("get "u8);
        KeySpace.Write(key, _requests.AsSpan(_pending, KeyBytes));
        _pending += KeyBytes;
        Append("\r\n"u8);
        Send();
        string reply = Receive("END\r\n");
        if (reply == "END\r\n")
        {
            return false;
        }

        string value = Encoding.ASCII.GetString(_values.Slice(key, 0, _valueBytes));
        return reply.EndsWith($"\r\n{value}\r\nEND\r\n", StringComparison.Ordinal)
            ? true
            : throw new ReplyException("a value is not the one that was stored", Encoding.ASCII.GetBytes(reply));
    }

    /// <summary>A number of <c>stats</c>.</summary>
    public long Statistic(string name)
    {
        Append("stats\r\n"u8);
        Send();
        foreach (string line in Receive("END\r\n").Split("\r\n"))
        {
            if (line.StartsWith($"STAT {name} ", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"stats does not tell {name}");
    }

    public void Dispose() => _socket.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_requests.AsSpan(_pending));
        _pending += bytes.Length;
    }

    private void Send()
    {
        for (int sent = 0; sent < _pending;)
        {
            sent += _socket.Send(_requests.AsSpan(sent, _pending - sent));
        }

        _pending = 0;
    }

    private string Receive(string end)
    {
        var text = new StringBuilder();
        do
        {
            int received = _socket.Receive(_replies);
            text.Append(received > 0
                ? Encoding.ASCII.GetString(_replies, 0, received)
                : throw new ReplyException("the server closed the connection", []));
        }
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal));
        return text.ToString();
    }
}
