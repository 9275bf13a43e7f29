using System.Buffers.Binary;

namespace AotKv.Protocol.Udp;

/// <summary>
/// The frame of memcached's datagrams: request id, number of this datagram, how many the message has, and two bytes without meaning, each
/// of 16 bits, big endian. Behind it stand requests or replies of either protocol.
/// </summary>
public static class UdpFrame
{
    /// <summary>Bytes of the frame.</summary>
    public const int HeaderLength = 8;

    /// <summary>Bytes of a reply that one datagram carries: 1400 with the frame, to stay below the size of an Ethernet packet.</summary>
    public const int MaxPayloadLength = 1392;

    /// <summary>The largest datagram in bytes that is received.</summary>
    public const int MaxRequestLength = 65536;

    /// <summary>
    /// Reads the frame of a request. A datagram without a payload is to be ignored, and so is part of a longer message: requests have one
    /// datagram. The number of the datagram and the last two bytes are not looked at.
    /// </summary>
    /// <param name="datagram">The datagram as received.</param>
    /// <param name="requestId">The id, which the reply repeats.</param>
    /// <returns>Whether requests stand at <see cref="HeaderLength"/>; false: ignore the datagram.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out ushort requestId)
    {
        requestId = 0;
        if (datagram.Length <= HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]) != 1)
            return false;
        requestId = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        return true;
    }

    /// <summary>Tells how many datagrams a reply takes.</summary>
    /// <param name="replyLength">Bytes of the reply.</param>
    /// <returns>1 or more for a reply that is not empty; 65,535 at most, as the frame has no room for more.</returns>
    public static int CountOf(long replyLength) =>
        (int)Math.Min(ushort.MaxValue, (replyLength / MaxPayloadLength) + (replyLength % MaxPayloadLength == 0 ? 0 : 1));

    /// <summary>Writes the frame of a datagram of a reply.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="requestId">The request's id.</param>
    /// <param name="number">Number of this datagram, the first is 0.</param>
    /// <param name="count">How many the reply has.</param>
    public static void Write(Span<byte> destination, ushort requestId, ushort number, ushort count)
    {
        destination = destination[..HeaderLength];
        BinaryPrimitives.WriteUInt16BigEndian(destination, requestId);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], number);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], count);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], 0);
    }
}
