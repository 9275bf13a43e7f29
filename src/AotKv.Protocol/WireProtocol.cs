namespace AotKv.Protocol;

/// <summary>The protocol a connection speaks, for all of its life.</summary>
public enum WireProtocol : byte
{
    /// <summary>Lines: the classic and the meta commands.</summary>
    Text,

    /// <summary>Packets with a header of 24 bytes.</summary>
    Binary,
}

/// <summary>Tells protocols apart where a listener speaks both.</summary>
public static class ProtocolDetector
{
    /// <summary>Tells the protocol of a connection, or of a datagram's payload.</summary>
    /// <param name="firstByte">The first byte received.</param>
    public static WireProtocol Detect(byte firstByte) =>
        firstByte == Binary.BinaryParser.RequestMagic ? WireProtocol.Binary : WireProtocol.Text;
}
