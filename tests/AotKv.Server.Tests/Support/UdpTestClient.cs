using System.Net;
using System.Net.Sockets;
using System.Text;
using AotKv.Protocol.Udp;

namespace AotKv.Server.Tests.Support;

/// <summary>A client of memcached's UDP. Text is Latin-1. It waits at most a minute for an answer.</summary>
internal sealed class UdpTestClient : IDisposable
{
    private const int DeadlineMs = 60_000;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[UdpFrame.MaxRequestLength];

    public UdpTestClient(EndPoint endPoint)
    {
        _socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = DeadlineMs, ReceiveBufferSize = 4 << 20 };
        _socket.Connect(endPoint);
    }

    /// <summary>Sends bytes as they are.</summary>
    public void SendRaw(params ReadOnlySpan<byte> datagram) => _socket.Send(datagram);

    /// <summary>Sends a request in its frame.</summary>
    public void Send(ushort id, string request)
    {
        byte[] datagram = new byte[UdpFrame.HeaderLength + request.Length];
        UdpFrame.Write(datagram, id, 0, 1);
        Encoding.Latin1.GetBytes(request, datagram.AsSpan(UdpFrame.HeaderLength));
        _socket.Send(datagram);
    }

    /// <summary>Receives a message, whatever the order of its datagrams, and checks their frames.</summary>
    public string Receive(ushort id)
    {
        string?[] parts = [];
        for (int received = 0; received == 0 || received < parts.Length; received++)
        {
            int length = _socket.Receive(_buffer);
            ReadOnlySpan<byte> datagram = _buffer.AsSpan(0, length);
            Assert.InRange(length, UdpFrame.HeaderLength + 1, UdpFrame.HeaderLength + UdpFrame.MaxPayloadLength);
            Assert.Equal(id, (datagram[0] << 8) | datagram[1]);
            Assert.Equal(0, datagram[6] | datagram[7]);
            int count = (datagram[4] << 8) | datagram[5];
            parts = received == 0 ? new string?[count] : parts;
            Assert.Equal(parts.Length, count);
            int number = (datagram[2] << 8) | datagram[3];
            Assert.Null(parts[number]);
            parts[number] = Encoding.Latin1.GetString(datagram[UdpFrame.HeaderLength..]);
        }

        return string.Concat(parts);
    }

    public string Ask(ushort id, string request)
    {
        Send(id, request);
        return Receive(id);
    }

    /// <summary>Asks, and gives up after a second: for where datagrams may be lost.</summary>
    public bool TryAsk(ushort id, string request, out string reply)
    {
        Send(id, request);
        bool hasCome = _socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead);
        reply = hasCome ? Receive(id) : string.Empty;
        return hasCome;
    }

    public void Dispose() => _socket.Dispose();
}
