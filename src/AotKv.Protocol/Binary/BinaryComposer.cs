using System.Buffers.Binary;

namespace AotKv.Protocol.Binary;

/// <summary>
/// Writes binary responses. Every method writes at the start of a span and returns the bytes written, header included; a span that is too
/// small is a mistake of the caller and throws. Opcode and opaque are those of the request.
/// </summary>
public static class BinaryComposer
{
    /// <summary>
    /// Room that any response needs beside the caller's own text, statistics and value: header, extras, a key of 250 bytes or the longest
    /// text of an error.
    /// </summary>
    public const int MaxHeadLength = BinaryParser.HeaderLength + ExtrasLength + Text.TextParser.MaxKeyLength;

    private const byte ResponseMagic = 0x81;
    private const int ExtrasLength = 4;

    /// <summary>Writes a response without a body: the success of all that change something, Noop, Quit.</summary>
    /// <param name="destination">At least <see cref="BinaryParser.HeaderLength"/> bytes.</param>
    /// <param name="request">The request.</param>
    /// <param name="cas">The CAS id of the item as it is now; 0 when there is none.</param>
    public static int Empty(Span<byte> destination, in BinaryRequest request, ulong cas) =>
        Header(destination, request, BinaryStatus.Ok, 0, 0, 0, cas);

    /// <summary>Writes a response whose body is a text: an error, Version, SASL.</summary>
    /// <param name="destination">At least <see cref="BinaryParser.HeaderLength"/> bytes and the text's.</param>
    /// <param name="request">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="text">The text, or data of a mechanism.</param>
    public static int WithText(Span<byte> destination, in BinaryRequest request, BinaryStatus status, ReadOnlySpan<byte> text)
    {
        int length = Header(destination, request, status, 0, 0, text.Length, 0);
        text.CopyTo(destination[length..]);
        return length + text.Length;
    }

    /// <summary>Writes an error with the text that memcached has for it.</summary>
    /// <param name="destination">At least <see cref="MaxHeadLength"/> bytes.</param>
    /// <param name="request">The request.</param>
    /// <param name="status">The status.</param>
    public static int Error(Span<byte> destination, in BinaryRequest request, BinaryStatus status) =>
        WithText(destination, request, status, BinaryReplies.Text(status));

    /// <summary>
    /// Writes the miss of a Get, a Gat or a Touch: the key if the request wants it, the text otherwise. For a quiet Get or Gat nothing is
    /// to be sent.
    /// </summary>
    /// <param name="destination">At least <see cref="MaxHeadLength"/> bytes.</param>
    /// <param name="request">The request.</param>
    /// <param name="key">The key.</param>
    public static int Miss(Span<byte> destination, in BinaryRequest request, ReadOnlySpan<byte> key)
    {
        if (!request.WantsKey)
            return Error(destination, request, BinaryStatus.NotFound);
        int length = Header(destination, request, BinaryStatus.NotFound, 0, key.Length, key.Length, 0);
        key.CopyTo(destination[length..]);
        return length + key.Length;
    }

    /// <summary>Writes what stands before the value of a Get or a Gat: header, client flags, and the key if the request wants it.</summary>
    /// <param name="destination">At least <see cref="MaxHeadLength"/> bytes.</param>
    /// <param name="request">The request.</param>
    /// <param name="key">The key.</param>
    /// <param name="clientFlags">The client flags.</param>
    /// <param name="valueLength">Bytes of the value, which follows.</param>
    /// <param name="cas">The CAS id.</param>
    public static int ValueHead(
        Span<byte> destination, in BinaryRequest request, ReadOnlySpan<byte> key, uint clientFlags, int valueLength, ulong cas)
    {
        int keyLength = request.WantsKey ? key.Length : 0;
        int length = Header(
            destination, request, BinaryStatus.Ok, ExtrasLength, keyLength, (uint)(ExtrasLength + keyLength) + (uint)valueLength, cas);
        BinaryPrimitives.WriteUInt32BigEndian(destination[length..], clientFlags);
        length += ExtrasLength;
        key[..keyLength].CopyTo(destination[length..]);
        return length + keyLength;
    }

    /// <summary>Writes the success of a Touch: client flags and no value.</summary>
    /// <param name="destination">At least <see cref="MaxHeadLength"/> bytes.</param>
    /// <param name="request">The request.</param>
    /// <param name="clientFlags">The client flags.</param>
    /// <param name="cas">The CAS id.</param>
    public static int Touched(Span<byte> destination, in BinaryRequest request, uint clientFlags, ulong cas) =>
        ValueHead(destination, request, default, clientFlags, 0, cas);

    /// <summary>Writes the success of an Increment or a Decrement: the new number.</summary>
    /// <param name="destination">At least <see cref="MaxHeadLength"/> bytes.</param>
    /// <param name="request">The request.</param>
    /// <param name="number">The number.</param>
    /// <param name="cas">The CAS id.</param>
    public static int Number(Span<byte> destination, in BinaryRequest request, ulong number, ulong cas)
    {
        int length = Header(destination, request, BinaryStatus.Ok, 0, 0, sizeof(ulong), cas);
        BinaryPrimitives.WriteUInt64BigEndian(destination[length..], number);
        return length + sizeof(ulong);
    }

    /// <summary>Writes one packet of the response to Stat; one with empty name and value ends it.</summary>
    /// <param name="destination">Room for header, name and value.</param>
    /// <param name="request">The request.</param>
    /// <param name="name">The name, 65,535 bytes at most.</param>
    /// <param name="value">The value.</param>
    public static int Statistic(Span<byte> destination, in BinaryRequest request, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int length = Header(destination, request, BinaryStatus.Ok, 0, name.Length, (uint)name.Length + (uint)value.Length, 0);
        name.CopyTo(destination[length..]);
        length += name.Length;
        value.CopyTo(destination[length..]);
        return length + value.Length;
    }

    private static int Header(
        Span<byte> destination, in BinaryRequest request, BinaryStatus status, int extrasLength, int keyLength, long bodyLength, ulong cas)
    {
        Span<byte> header = destination[..BinaryParser.HeaderLength];
        header[0] = ResponseMagic;
        header[1] = (byte)request.Opcode;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], checked((ushort)keyLength));
        header[4] = (byte)extrasLength;
        header[5] = 0; // data type
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], (ushort)status);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], checked((uint)bodyLength));
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], request.Opaque);
        BinaryPrimitives.WriteUInt64BigEndian(header[16..], cas);
        return BinaryParser.HeaderLength;
    }
}
