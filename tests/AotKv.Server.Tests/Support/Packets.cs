using System.Buffers.Binary;
using System.Text;
using AotKv.Protocol.Binary;

namespace AotKv.Server.Tests.Support;

/// <summary>Builds binary requests and responses by hand, and reads responses. Text is Latin-1, so that every byte is one character.</summary>
internal static class Packets
{
    private const int Header = 24;

    /// <summary>A request.</summary>
    public static string Ask(
        BinaryOpcode opcode, string key = "", string value = "", string extras = "", ulong cas = 0, uint opaque = 0x01020304) =>
        Packet(0x80, (byte)opcode, 0, extras, key, value, cas, opaque);

    /// <summary>A response with a body made of parts.</summary>
    public static string Say(
        BinaryOpcode opcode, string value = "", string key = "", string extras = "", BinaryStatus status = BinaryStatus.Ok, ulong cas = 0,
        uint opaque = 0x01020304) =>
        Packet(0x81, (byte)opcode, (ushort)status, extras, key, value, cas, opaque);

    /// <summary>An error with memcached's text.</summary>
    public static string Fail(BinaryOpcode opcode, BinaryStatus status) =>
        Say(opcode, Encoding.Latin1.GetString(BinaryReplies.Text(status)), status: status);

    /// <summary>A number of 32 bits as extras have it.</summary>
    public static string U32(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>A number of 64 bits as extras have it.</summary>
    public static string U64(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Set, Add or Replace.</summary>
    public static string Store(BinaryOpcode opcode, string key, string value, uint flags = 0, uint exptime = 0, ulong cas = 0) =>
        Ask(opcode, key, value, U32(flags) + U32(exptime), cas);

    /// <summary>Increment or Decrement.</summary>
    public static string Count(BinaryOpcode opcode, string key, ulong delta, ulong initial, uint exptime, ulong cas = 0) =>
        Ask(opcode, key, "", U64(delta) + U64(initial) + U32(exptime), cas);

    /// <summary>Responses with CAS ids that only the server knows written as zero.</summary>
    public static string WithoutCas(string responses)
    {
        StringBuilder text = new();
        for (int at = 0; at + Header <= responses.Length && responses[at] == 0x81;)
        {
            byte[] header = Encoding.Latin1.GetBytes(responses.Substring(at, Header));
            int length = Header + (int)BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
            header.AsSpan(16).Clear();
            text.Append(Encoding.Latin1.GetString(header)).Append(responses.AsSpan(at + Header, Math.Min(length, responses.Length - at) - Header));
            at += length;
        }

        return text.ToString();
    }

    /// <summary>The CAS id of the first response.</summary>
    public static ulong Cas(string responses) => BinaryPrimitives.ReadUInt64BigEndian(Encoding.Latin1.GetBytes(responses).AsSpan(16));

    private static string Packet(byte magic, byte opcode, ushort status, string extras, string key, string value, ulong cas, uint opaque)
    {
        byte[] header = new byte[Header];
        header[0] = magic;
        header[1] = opcode;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)key.Length);
        header[4] = (byte)extras.Length;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), status);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), (uint)(extras.Length + key.Length + value.Length));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(12), opaque);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(16), cas);
        return Encoding.Latin1.GetString(header) + extras + key + value;
    }
}
