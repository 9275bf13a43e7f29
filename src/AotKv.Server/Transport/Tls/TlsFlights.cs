using System.Buffers.Binary;

namespace AotKv.Server.Transport.Tls;

/// <summary>What the first flight of a server says of the session.</summary>
internal enum TlsFlight
{
    /// <summary>Nothing yet: it asks the client to begin again, or it is an alert.</summary>
    Unknown,

    /// <summary>A new session.</summary>
    New,

    /// <summary>An earlier session goes on.</summary>
    Resumed,
}

/// <summary>
/// Reads the first flight of this server, which OpenSSL wrote: a ServerHello (RFC 8446, 4.1.3; RFC 5246, 7.4.1.3). With TLS 1.3 a resumed
/// session has the extension pre_shared_key in it; before, no certificate follows it.
/// </summary>
internal static class TlsFlights
{
    private const int RecordHeaderBytes = 5;
    private const int MessageHeaderBytes = 4;
    private const int RandomBytes = 32;
    private const byte HandshakeRecord = 22;
    private const byte ServerHello = 2;
    private const byte Certificate = 11;
    private const ushort PreSharedKey = 41;
    private const ushort SupportedVersions = 43;

    /// <summary>The random of a ServerHello that asks the client to begin again: the SHA-256 of "HelloRetryRequest".</summary>
    private static ReadOnlySpan<byte> RetryRandom =>
    [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ];

    /// <summary>What a flight says; of anything that is none, nothing.</summary>
    public static TlsFlight Read(ReadOnlySpan<byte> flight)
    {
        if (flight.Length < RecordHeaderBytes + MessageHeaderBytes || flight[0] != HandshakeRecord || flight[RecordHeaderBytes] != ServerHello)
        {
            return TlsFlight.Unknown;
        }

        int recordEnd = RecordHeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(flight[3..]);
        int messageBytes = BinaryPrimitives.ReadUInt16BigEndian(flight[(RecordHeaderBytes + 2)..]);
        int helloEnd = RecordHeaderBytes + MessageHeaderBytes + messageBytes;
        if (helloEnd > recordEnd || recordEnd > flight.Length)
        {
            return TlsFlight.Unknown;
        }

        ReadOnlySpan<byte> hello = flight[(RecordHeaderBytes + MessageHeaderBytes)..helloEnd];
        if (hello.Length < 2 + RandomBytes + 1 || hello.Slice(2, RandomBytes).SequenceEqual(RetryRandom))
        {
            return TlsFlight.Unknown;
        }

        bool isVersion13 = HasExtension(hello, SupportedVersions);
        bool isResumed = isVersion13
            ? HasExtension(hello, PreSharedKey)
            : FindMessage(flight, helloEnd, recordEnd) != Certificate;
        return isResumed ? TlsFlight.Resumed : TlsFlight.New;
    }

    /// <summary>The type of the message behind the first one: in the same record, or in the next; 0 when that is no handshake.</summary>
    private static byte FindMessage(ReadOnlySpan<byte> flight, int messageEnd, int recordEnd)
    {
        if (messageEnd < recordEnd)
        {
            return flight[messageEnd];
        }

        bool follows = flight.Length > recordEnd + RecordHeaderBytes && flight[recordEnd] == HandshakeRecord;
        return follows ? flight[recordEnd + RecordHeaderBytes] : (byte)0;
    }

    private static bool HasExtension(ReadOnlySpan<byte> hello, ushort wanted)
    {
        // Version, random, session id with its length, cipher suite, compression, length of the extensions.
        int at = 2 + RandomBytes;
        at += 1 + hello[at] + 2 + 1 + 2;
        while (at + 4 <= hello.Length)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(hello[at..]) == wanted)
            {
                return true;
            }

            at += 4 + BinaryPrimitives.ReadUInt16BigEndian(hello[(at + 2)..]);
        }

        return false;
    }
}
