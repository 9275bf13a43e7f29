using System.Numerics;
using System.Text;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>The rules of the meta commands once more, with strings; see <see cref="ReferenceParser"/>.</summary>
internal static class ReferenceMetaParser
{
    private const string Known = "CDEFIJLMNOPRTbcfhklqstuvx";

    /// <summary>The command of that name, or null.</summary>
    public static Verb? VerbOf(string command) => command switch
    {
        "mg" => Verb.MetaGet,
        "ms" => Verb.MetaSet,
        "md" => Verb.MetaDelete,
        "ma" => Verb.MetaArithmetic,
        "me" => Verb.MetaDebug,
        "mn" => Verb.MetaNoop,
        _ => null,
    };

    public static string Parse(Verb verb, string[] words, int length)
    {
        if (verb == Verb.MetaNoop)
            return $"MetaNoop line={length}";
        int first = verb == Verb.MetaSet ? 3 : 2;
        if (words.Length < first)
            return Said.Bad(verb, ProtocolError.BadCommandLine, length, 0, false);
        BigInteger? bytes = 0;
        if (verb == Verb.MetaSet)
            bytes = words[2].Length > 11 ? null : ReferenceParser.Number(words[2], 0, int.MaxValue - 2);
        if (bytes is null)
            return Said.Bad(verb, ProtocolError.BadCommandLine, length, 0, false);

        string key = words[1];
        string[] flags = words[first..];
        ProtocolError error = verb == Verb.MetaDebug ? DebugError(key, flags) : Error(verb, key, flags, words.Length, 23 - first);
        if (error != ProtocolError.None)
            return Said.Bad(verb, error, length, verb == Verb.MetaSet ? (long)bytes + 2 : 0, false);
        if (verb == Verb.MetaDebug)
            flags = flags.Length > 0 && flags[0] == "b" ? ["b"] : [];

        var text = new StringBuilder($"{verb} key={key}");
        if (verb == Verb.MetaSet)
            text.Append(" bytes=").Append(bytes);
        text.Append(" line=").Append(length);
        Describe(text, verb, key, flags);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, Verb verb, string key, string[] flags)
    {
        Dictionary<char, string> arguments = flags.ToDictionary(flag => flag[0], flag => flag[1..]);
        string ordered = verb switch
        {
            Verb.MetaGet => "cfhklOstTN",
            Verb.MetaSet => "kOcs",
            Verb.MetaDelete => "kO",
            Verb.MetaArithmetic => "ctkOTN",
            _ => "",
        };
        text.Append(" flags=").Append(string.Concat(arguments.Keys.Order()));
        text.Append(" order=").Append(string.Concat(flags.Select(flag => flag[0]).Where(ordered.Contains)));
        MetaSaid.Add(text, "mode", Mode(verb, arguments.GetValueOrDefault('M')) ?? "", "None");
        foreach (char letter in "CDEFJNRT")
        {
            string silent = letter == 'D' ? "1" : "0";
            MetaSaid.Add(text, letter.ToString(), (Number(arguments.GetValueOrDefault(letter, silent), letter) ?? -999).ToString(), silent);
        }

        MetaSaid.Add(text, "opaque", arguments.TryGetValue('O', out string? opaque) ? "O" + opaque : "", "");
        if (arguments.ContainsKey('b'))
            text.Append(" decoded=").Append(Said.Text(Convert.FromBase64String(key)));
    }

    private static ProtocolError DebugError(string key, string[] flags) =>
        key.Length > 250 || (flags.Length > 0 && flags[0] == "b" && !IsBase64(key)) ? ProtocolError.BadCommandLine : ProtocolError.None;

    private static ProtocolError Error(Verb verb, string key, string[] flags, int words, int seenFlags)
    {
        // A key that is too long is found before the flags are looked at; a flag with an odd beginning before anything else of them.
        ProtocolError masked = verb == Verb.MetaArithmetic ? ProtocolError.InvalidOrDuplicateFlag : ProtocolError.None;
        if (key.Length > 250)
            return masked == ProtocolError.None ? ProtocolError.BadCommandLine : masked;
        if (flags.Take(seenFlags).Any(flag => !(flag[0] is (>= 'A' and <= 'z') or (>= '0' and <= '9'))))
            return ProtocolError.BadCommandLine;
        ProtocolError error = FlagError(key, flags, words);
        if (error != ProtocolError.None)
            return masked == ProtocolError.None ? error : masked;

        string? mode = Array.Find(flags, flag => flag[0] == 'M')?[1..];
        if (Mode(verb, mode) is null)
            return verb == Verb.MetaSet ? ProtocolError.InvalidSetMode : ProtocolError.InvalidArithmeticMode;
        return flags.Any(flag => flag[0] == 'O' && flag.Length > 32) ? ProtocolError.OpaqueTooLong : ProtocolError.None;
    }

    private static ProtocolError FlagError(string key, string[] flags, int words)
    {
        if (words > 20)
            return ProtocolError.TooManyFlags;
        for (int i = 0; i < flags.Length; i++)
        {
            if (flags.Take(i).Any(flag => flag[0] == flags[i][0]))
                return ProtocolError.DuplicateFlag;
            if (!Known.Contains(flags[i][0], StringComparison.Ordinal))
                return ProtocolError.InvalidFlag;
        }

        if (flags.Any(flag => flag[0] == 'b') && !IsBase64(key))
            return ProtocolError.KeyNotBase64;
        char[] bad = [.. flags.Where(flag => "CDEFJNRT".Contains(flag[0]) && Number(flag[1..], flag[0]) is null).Select(flag => flag[0])];
        return bad.LastOrDefault(letter => letter != 'F') switch
        {
            '\0' => bad.Length > 0 ? ProtocolError.BadCommandLine : ProtocolError.None,
            'D' => ProtocolError.BadFlagDelta,
            'J' => ProtocolError.BadFlagInitial,
            _ => ProtocolError.BadFlagNumber,
        };
    }

    private static BigInteger? Number(string argument, char letter) => letter switch
    {
        'N' or 'R' or 'T' => argument.Length > 11 ? null : ReferenceParser.Number(argument, int.MinValue, int.MaxValue),
        'F' => argument.Length > 11 ? null : ReferenceParser.Number(argument, 0, uint.MaxValue),
        _ => argument.Length > 22 ? null : ReferenceParser.Number(argument, 0, ulong.MaxValue),
    };

    private static string? Mode(Verb verb, string? argument)
    {
        string standard = verb switch { Verb.MetaSet => "Set", Verb.MetaArithmetic => "Increment", _ => "None" };
        if (argument is null || standard == "None" || argument.StartsWith('\0'))
            return standard;
        string letters = verb == Verb.MetaSet ? "SERAP" : "I+D-";
        string[] modes = verb == Verb.MetaSet
            ? ["Set", "Add", "Replace", "Append", "Prepend"]
            : ["Increment", "Increment", "Decrement", "Decrement"];
        int index = argument.Length == 0 ? -1 : letters.IndexOf(argument[0], StringComparison.Ordinal);
        return index < 0 ? null : modes[index];
    }

    private static bool IsBase64(string key)
    {
        try
        {
            byte[] decoded = Convert.FromBase64String(key);
            return decoded.Length > 0 && Convert.ToBase64String(decoded) == key;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
