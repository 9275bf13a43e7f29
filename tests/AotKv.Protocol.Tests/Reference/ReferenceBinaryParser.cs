using System.Numerics;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>
/// The rules of the binary protocol once more, with slices and big integers: slow, plain, and written apart from the parser it is compared
/// with. It answers in the words of <see cref="BinarySaid"/>.
/// </summary>
internal static class ReferenceBinaryParser
{
    private const string NoKey = "-";

    // Command, extras, whether there is a key, whether there may be a value; by opcode.
    private static readonly Dictionary<int, (string Command, string Extras, string Key, bool Value)> Opcodes = Table();

    /// <summary>The opcodes that are served.</summary>
    public static IEnumerable<int> Served => Opcodes.Keys;

    public static string Parse(byte[] input)
    {
        if (input.Length == 0)
            return "NeedMore";
        if (input[0] != 0x80)
            return "Bad BadMagic";
        if (input.Length < 24)
            return "NeedMore";
        int opcode = input[1];
        int keyLength = (int)Number(input[2..4]);
        int extrasLength = input[4];
        BigInteger body = Number(input[8..12]);
        BigInteger value = body - keyLength - extrasLength;
        string tail = $" opaque={Number(input[12..16])}";
        if (value < 0)
            return $"Bad BodyTooShort{tail}";
        if (body > 1024 * 1024 * 1024)
            return $"Bad BodyTooLong{tail}";
        if (keyLength > 250)
            return $"Bad BadShape{tail}";
        if (!Opcodes.TryGetValue(opcode, out (string Command, string Extras, string Key, bool Value) rule))
            return $"Bad UnknownOpcode swallow={24 + body}{tail}";
        bool goodExtras = rule.Extras.Split('|').Contains(extrasLength.ToString());
        bool goodKey = rule.Key switch { NoKey => keyLength == 0, "k" => keyLength > 0, _ => true };
        if (!goodExtras || !goodKey || (!rule.Value && value > 0))
            return $"Bad BadShape{tail}";
        int head = 24 + extrasLength + keyLength;
        if (input.Length < head)
            return "NeedMore";

        byte[] extras = input[24..(24 + extrasLength)];
        string fields = extrasLength switch
        {
            4 => $" exptime={Number(extras)}",
            8 => $" flags={Number(extras[..4])} exptime={Number(extras[4..])}",
            20 => $" delta={Number(extras[..8])} initial={Number(extras[8..16])} exptime={Number(extras[16..])}",
            _ => "",
        };
        string key = Said.Text(input.AsSpan(24 + extrasLength, keyLength));
        return $"{opcode:x2} {rule.Command} key=[{key}]{fields} value={value} head={head} cas={Number(input[16..24])}{tail}";
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static Dictionary<int, (string Command, string Extras, string Key, bool Value)> Table()
    {
        var table = new Dictionary<int, (string Command, string Extras, string Key, bool Value)>();
        Add("Get", "0", "k", false, 0x00, 0x09, 0x0c, 0x0d);
        Add("Set", "8", "k", true, 0x01, 0x11);
        Add("Add", "8", "k", true, 0x02, 0x12);
        Add("Replace", "8", "k", true, 0x03, 0x13);
        Add("Delete", "0", "k", false, 0x04, 0x14);
        Add("Increment", "20", "k", false, 0x05, 0x15);
        Add("Decrement", "20", "k", false, 0x06, 0x16);
        Add("Quit", "0", NoKey, false, 0x07, 0x17);
        Add("Flush", "0|4", NoKey, false, 0x08, 0x18);
        Add("Noop", "0", NoKey, false, 0x0a);
        Add("Version", "0", NoKey, false, 0x0b);
        Add("Append", "0", "k", true, 0x0e, 0x19);
        Add("Prepend", "0", "k", true, 0x0f, 0x1a);
        Add("Stat", "0", "", false, 0x10);
        Add("Touch", "4", "k", false, 0x1c);
        Add("Gat", "4", "k", false, 0x1d, 0x1e, 0x23, 0x24);
        Add("SaslList", "0", NoKey, false, 0x20);
        Add("SaslAuth", "0", "k", true, 0x21);
        Add("SaslStep", "0", "k", true, 0x22);
        return table;

        void Add(string command, string extras, string key, bool value, params int[] opcodes)
        {
            foreach (int opcode in opcodes)
            {
                string quiet = opcode is 0x09 or 0x0d or 0x1e or 0x24 or (>= 0x11 and <= 0x1a) ? " quiet" : "";
                string withKey = opcode is 0x0c or 0x0d or 0x23 or 0x24 ? " withkey" : "";
                table[opcode] = (command + quiet + withKey, extras, key, value);
            }
        }
    }
}
