using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AotKv.Wire.Tests.Scripting;

/// <summary>
/// A packet of the binary protocol as a conversation writes it: the name of its opcode or two hexadecimal digits, then fields as
/// <c>name=text</c> (see <c>conversations/README.md</c>). The lengths are filled in.
/// </summary>
internal sealed class Packet : IPayload
{
    /// <summary>Bytes of a header.</summary>
    public const int HeaderBytes = 24;

    private const byte Request = 0x80;
    private const byte Response = 0x81;

    /// <summary>Opcodes by name, from 0 on; the quiet forms have a q behind it.</summary>
    private static readonly string[] Opcodes =
        ("get set add replace delete incr decr quit flush getq noop version getk getkq append prepend stat setq addq replaceq deleteq "
        + "incrq decrq quitq flushq appendq prependq - touch gat gatq - sasllist saslauth saslstep gatk gatkq").Split(' ');

    /// <summary>Extras that have a name: bytes of each number.</summary>
    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["flags"] = 4,
        ["exptime"] = 4,
        ["delta"] = 8,
        ["initial"] = 8,
    };

    private readonly List<(int Bytes, Template Text)> _extras = [];
    private byte _opcode;
    private ushort _status;
    private uint _opaque;
    private Template _key = Template.Parse("");
    private Template _value = Template.Parse("");
    private Template _cas = Template.Parse("0");

    private Packet()
    {
    }

    /// <inheritdoc/>
    public int AboutBytes => HeaderBytes + _extras.Sum(extra => extra.Bytes) + _key.AboutBytes + _value.AboutBytes;

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is not of the format.</exception>
    public static Packet Parse(string text)
    {
        // Fields stand apart by spaces; one within braces is part of its field.
        string[] words = [.. Regex.Matches(text, @"(?:\\\{[^}]*\}|[^ ])+").Select(match => match.Value)];
        if (words.Length == 0)
            throw new FormatException("a packet needs an opcode");
        var opcode = Array.IndexOf(Opcodes, words[0]);
        var packet = new Packet { _opcode = opcode >= 0 ? (byte)opcode : (byte)Hex(words[0]) };
        foreach (var word in words[1..])
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new FormatException($"'{word}' is not name=text");
            packet.SetField(word[..equals], word[(equals + 1)..]);
        }

        return packet;
    }

    /// <inheritdoc/>
    public byte[] Expand(IReadOnlyDictionary<string, string> variables)
    {
        byte[] extras = [.. _extras.SelectMany(extra => ExpandExtra(extra.Bytes, extra.Text, variables))];
        var key = _key.Expand(variables);
        var value = _value.Expand(variables);
        var header = new byte[HeaderBytes];
        header[0] = Request;
        header[1] = _opcode;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)key.Length);
        header[4] = (byte)extras.Length;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), (uint)(extras.Length + key.Length + value.Length));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(12), _opaque);
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(16), ulong.Parse(Text(_cas.Expand(variables)), CultureInfo.InvariantCulture));
        return [.. header, .. extras, .. key, .. value];
    }

    /// <summary>How many bytes of body follow a header.</summary>
    public static int BodyBytes(ReadOnlySpan<byte> header) => (int)BinaryPrimitives.ReadUInt32BigEndian(header[8..]);

    /// <summary>Compares a response; null when it is this one, else the first thing that is not.</summary>
    public string? Compare(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, Dictionary<string, string> variables)
    {
        int keyLength = BinaryPrimitives.ReadUInt16BigEndian(header[2..]), extrasLength = header[4];
        if (header[0] != Response || keyLength + extrasLength > body.Length)
            return Show(header, body);
        var cas = BinaryPrimitives.ReadUInt64BigEndian(header[16..]).ToString(CultureInfo.InvariantCulture);
        byte[] extras = [.. _extras.SelectMany(extra => ExpandExtra(extra.Bytes, extra.Text, variables))];
        var isSame = header[1] == _opcode
            && BinaryPrimitives.ReadUInt16BigEndian(header[6..]) == _status
            && BinaryPrimitives.ReadUInt32BigEndian(header[12..]) == _opaque
            && body[..extrasLength].SequenceEqual(extras)
            && _key.Matches(Text(body.Slice(extrasLength, keyLength)), variables)
            && _value.Matches(Text(body[(extrasLength + keyLength)..]), variables)
            && _cas.Matches(cas, variables);
        return isSame ? null : Show(header, body);
    }

    private static string Show(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body) =>
        $"{Convert.ToHexStringLower(header)} {WireConnection.Escape(Text(body))}";

    private static byte[] ExpandExtra(int bytes, Template text, IReadOnlyDictionary<string, string> variables)
    {
        var number = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, ulong.Parse(Text(text.Expand(variables)), CultureInfo.InvariantCulture));
        return number[(8 - bytes)..];
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static uint Hex(string digits) =>
        uint.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{digits}' is neither an opcode nor a hexadecimal number");

    private void SetField(string name, string text)
    {
        if (Numbers.TryGetValue(name, out var bytes))
        {
            _extras.Add((bytes, Template.Parse(text)));
            return;
        }

        switch (name)
        {
            case "key": _key = Template.Parse(text); break;
            case "value": _value = Template.Parse(text); break;
            case "cas": _cas = Template.Parse(text); break;
            case "status": _status = (ushort)Hex(text); break;
            case "opaque": _opaque = Hex(text); break;
            default: throw new FormatException($"a packet has no '{name}'");
        }
    }
}
