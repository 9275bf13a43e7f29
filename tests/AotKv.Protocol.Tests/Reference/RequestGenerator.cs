using System.Text;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>Makes lines that are nearly right: every command with words from the edges of the rules, then a few bytes changed.</summary>
internal sealed class RequestGenerator(int seed)
{
    private static readonly string[] Commands =
    [
        "get", "gets", "gat", "gats", "set", "add", "replace", "append", "prepend", "cas", "delete", "incr", "decr", "touch", "flush_all",
        "verbosity", "version", "stats", "shutdown", "quit", "foo", "GET", "", "noreply", "mn", "me", "mx",
        "mg", "mg", "mg", "ms", "ms", "ms", "md", "md", "ma", "ma", "ma",
        "cache_memlimit", "lru", "lru_crawler", "slabs", "watch", "extstore", "refresh_certs", "debugtime", "debugitem", "misbehave",
    ];

    private static readonly string[] Modes = ["", "S", "E", "R", "A", "P", "I", "D", "+", "-", "\0", "set", "s", "Add"];

    private static readonly string[] Odd =
    [
        "noreply", "HTTP/1.1", "0", "00", "-", "-0", "+1", "1x", "x1", "nan", "\t", "\0", "\r", "noreply\r", "2147483645", "2147483646",
        "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "18446744073709551615",
        "18446744073709551616", "99999999", "100000000", "000000000001", "00000000001", "0000000000000000000001", "00000000000000000000001",
    ];

    private static readonly int[] KeyLengths =
        [1, 2, 3, 7, 8, 15, 16, 17, 40, 52, 55, 56, 57, 59, 60, 61, 63, 64, 65, 128, 249, 250, 251, 252, 500];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _line = new();

    /// <summary>One input: a line, mostly with an end, sometimes with bytes of a next one behind it.</summary>
    public string Next()
    {
        _line.Clear();
        string command = Pick(Commands);
        if (Chance(3))
            _line.Append(' ', _random.Next(1, 120));
        _line.Append(command);
        foreach (string word in Arguments(command))
            Gap().Append(word);
        while (Chance(12))
            Gap().Append(Chance(40) ? "noreply" : Word());
        if (Chance(10))
            Gap();
        _line.Append(Chance(80) ? "\r\n" : Chance(80) ? "\n" : "");
        if (Chance(30))
            _line.Append(Chance(50) ? "get next\r\n" : "\nx\n");
        for (int changes = Chance(40) ? _random.Next(1, 4) : 0; changes > 0; changes--)
            Change();
        if (Chance(1))
            _line.Append(Pick(["x", " ", "x "])[0], _random.Next(4000));
        return _line.ToString();
    }

    /// <summary>A number below a bound.</summary>
    public int Below(int bound) => _random.Next(bound);

    private string[] Arguments(string command) => command switch
    {
        "get" or "gets" => Keys(),
        "gat" or "gats" => [Number(), .. Keys()],
        "set" or "add" or "replace" or "append" or "prepend" => [Key(), Number(), Number(), Number()],
        "cas" => [Key(), Number(), Number(), Number(), Number()],
        "incr" or "decr" or "touch" => [Key(), Number()],
        "delete" => Chance(70) ? [Key()] : [Key(), Pick(["0", "1", "noreply", "00"])],
        "flush_all" or "verbosity" => Chance(30) ? [] : [Number()],
        "mg" or "md" or "ma" or "me" => [.. MetaKey(), .. Flags()],
        "ms" => [.. MetaKey(), Number(), .. Flags()],
        _ => Chance(50) ? [] : [Word()],
    };

    // A key that looks like base64 now and then; the flag b comes with any.
    private string[] MetaKey()
    {
        if (Chance(70))
            return [Key()];
        if (Chance(3))
            return [];
        var bytes = new byte[Chance(90) ? _random.Next(20) : _random.Next(200)];
        _random.NextBytes(bytes);
        return [Convert.ToBase64String(bytes)];
    }

    private IEnumerable<string> Flags()
    {
        string letters = "CDEFIJLMNOPRTbcfhklqstuvx";
        int count = Chance(85) ? _random.Next(6) : _random.Next(25);
        char[] chosen = letters.ToCharArray();
        _random.Shuffle(chosen);
        int first = Array.IndexOf(chosen, Chance(50) ? 'M' : 'O');
        if (Chance(30))
            (chosen[0], chosen[first]) = (chosen[first], chosen[0]);
        for (int i = 0; i < count; i++)
        {
            char letter = Chance(98) ? chosen[i] : Chance(60) ? (char)_random.Next('!', 'z') : Pick(letters.ToCharArray());
            yield return letter + letter switch
            {
                'C' or 'D' or 'E' or 'F' or 'J' or 'N' or 'R' or 'T' => Chance(97) ? Number() : "",
                'M' => Chance(60) ? Modes[_random.Next(1, 6)] : Pick(Modes),
                'O' => new string('o', Chance(90) ? _random.Next(12) : _random.Next(29, 36)),
                _ => Chance(97) ? "" : Word(),
            };
        }
    }

    private string[] Keys()
    {
        var keys = new string[Chance(60) ? 1 : Chance(90) ? _random.Next(6) : _random.Next(150)];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = Key();
        return keys;
    }

    private string Key() =>
        Chance(3) ? Pick(Odd) : new string((char)('a' + _random.Next(26)), Chance(90) ? _random.Next(1, 40) : Pick(KeyLengths));

    private string Number() => _random.Next(10) switch
    {
        < 4 => "0",
        < 8 => _random.NextInt64(1L << _random.Next(1, 40)).ToString(System.Globalization.CultureInfo.InvariantCulture),
        8 => "-" + _random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => Pick(Odd),
    };

    private string Word() => Chance(50) ? Pick(Odd) : Chance(50) ? Key() : Number();

    private StringBuilder Gap() => _line.Append(' ', Chance(95) ? 1 : _random.Next(80));

    // One byte taken away, put in, changed or doubled, or the end cut off.
    private void Change()
    {
        if (_line.Length == 0)
            return;
        int at = _random.Next(_line.Length);
        switch (_random.Next(5))
        {
            case 0:
                _line.Remove(at, 1);
                break;
            case 1:
                _line.Insert(at, Letter());
                break;
            case 2:
                _line[at] = Letter();
                break;
            case 3:
                _line.Insert(at, _line[at]);
                break;
            default:
                _line.Length = at;
                break;
        }
    }

    private char Letter() => Chance(40) ? Pick([" ", "\r", "\n", "0", "-", "\0"])[0] : (char)_random.Next(256);

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
