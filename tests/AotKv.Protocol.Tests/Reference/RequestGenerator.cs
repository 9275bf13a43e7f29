using System.Text;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>Makes lines that are nearly right: every command with words from the edges of the rules, then a few bytes changed.</summary>
internal sealed class RequestGenerator(int seed)
{
    private static readonly string[] Commands =
    [
        "get", "gets", "gat", "gats", "set", "add", "replace", "append", "prepend", "cas", "delete", "incr", "decr", "touch", "flush_all",
        "verbosity", "version", "stats", "shutdown", "quit", "mg", "ms", "foo", "GET", "", "noreply",
    ];

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
        _ => Chance(50) ? [] : [Word()],
    };

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
