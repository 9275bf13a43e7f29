using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AotKv.Wire.Tests.Scripting;

/// <summary>
/// The text of one line of a conversation: bytes, and places that are only known when it runs (see
/// <c>conversations/README.md</c>). Bytes are kept as characters 0 to 255, one for one.
/// </summary>
internal sealed class Template : IPayload
{
    /// <summary>The patterns that an expected line may contain, by name.</summary>
    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["u"] = "[0-9]+",
        ["n"] = "[1-9][0-9]*",
        ["i"] = "-?[0-9]+",
        ["r"] = @"[0-9]+\.[0-9]+",
        ["w"] = "[^ \r\n]+",
        ["any"] = "[^\r\n]*",
    };

    private readonly List<Part> _parts = [];

    private Template()
    {
    }

    private abstract record Part;

    private sealed record Bytes(string Text) : Part;

    private sealed record Variable(string Name) : Part;

    private sealed record Pattern(string? Name, string Regex) : Part;

    /// <summary>Whether the text contains a pattern, so that it can only be compared line by line.</summary>
    public bool HasPattern => _parts.Exists(part => part is Pattern);

    /// <summary>The length, not exact when there are variables.</summary>
    public int AboutBytes => _parts.Sum(part => part is Bytes literal ? literal.Text.Length : 20);

    /// <summary>Reads the text of a line.</summary>
    /// <exception cref="FormatException">An escape is unknown or not closed.</exception>
    public static Template Parse(string text)
    {
        var template = new Template();
        var bytes = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == '{')
            {
                var end = EndOfBraces(text, i + 2);
                var part = Braces(text[(i + 2)..end]);
                if (part is Bytes more)
                    bytes.Append(more.Text);
                else
                    template.Take(bytes, part);
                i = end + 1;
            }
            else
            {
                Character(text, ref i, bytes);
            }
        }

        template.Take(bytes, null);
        return template;
    }

    /// <summary>The bytes, with the variables put in.</summary>
    public byte[] Expand(IReadOnlyDictionary<string, string> variables)
    {
        var text = string.Concat(_parts.Select(part => part switch
        {
            Bytes literal => literal.Text,
            Variable variable => Value(variables, variable.Name),
            _ => throw new FormatException("a pattern cannot be sent"),
        }));
        return Encoding.Latin1.GetBytes(text);
    }

    /// <summary>Compares a whole line, and keeps what its patterns captured.</summary>
    public bool Matches(string line, Dictionary<string, string> variables)
    {
        var names = new List<string>();
        var regex = string.Concat(_parts.Select(part => part switch
        {
            Bytes literal => Regex.Escape(literal.Text),
            Variable variable => Regex.Escape(Value(variables, variable.Name)),
            Pattern { Name: { } name } pattern => $"(?<{Named(names, name)}>{pattern.Regex})",
            Pattern pattern => pattern.Regex,
            _ => "",
        }));

        var match = Regex.Match(line, $@"\A(?:{regex})\z", RegexOptions.CultureInvariant);
        foreach (var name in names)
            variables[name] = match.Groups[name].Value;
        return match.Success;
    }

    private static string Named(List<string> names, string name)
    {
        names.Add(name);
        return name;
    }

    private static string Value(IReadOnlyDictionary<string, string> variables, string name) =>
        variables.TryGetValue(name, out var value) ? value : throw new FormatException($"nothing was captured as '{name}' yet");

    private void Take(StringBuilder bytes, Part? part)
    {
        if (bytes.Length > 0)
            _parts.Add(new Bytes(bytes.ToString()));
        bytes.Clear();
        if (part != null)
            _parts.Add(part);
    }

    /// <summary>What stands between <c>\{</c> and <c>}</c>.</summary>
    private static Part Braces(string inner)
    {
        if (Regex.Match(inner, @"\A\*(\d+) (.*)\z", RegexOptions.Singleline) is { Success: true } repeat)
        {
            var once = Plain(repeat.Groups[2].Value);
            return new Bytes(new StringBuilder().Insert(0, once, Number(repeat.Groups[1])).ToString());
        }

        if (Regex.Match(inner, @"\A(\d+)\.\.(\d+) (.*)\z", RegexOptions.Singleline) is { Success: true } range)
        {
            var all = new StringBuilder();
            var pieces = Plain(range.Groups[3].Value).Split("$i");
            for (var i = Number(range.Groups[1]); i <= Number(range.Groups[2]); i++)
                all.AppendJoin(i.ToString(CultureInfo.InvariantCulture), pieces);
            return new Bytes(all.ToString());
        }

        if (Regex.Match(inner, @"\Abytes (\d+)\z") is { Success: true } cycle)
            return new Bytes(string.Create(Number(cycle.Groups[1]), 0, static (span, _) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = (char)(i & 255);
            }));

        if (Regex.Match(inner, @"\A\$(\w+)\z") is { Success: true } variable)
            return new Variable(variable.Groups[1].Value);

        if (Regex.Match(inner, @"\A(?:(\w+)=)?(\w+)\z") is { Success: true } pattern
            && Patterns.TryGetValue(pattern.Groups[2].Value, out var regex))
            return new Pattern(pattern.Groups[1].Success ? pattern.Groups[1].Value : null, regex);

        throw new FormatException($"'\\{{{inner}}}' is not known");
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private static int EndOfBraces(string text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '}')
                return i;
        }

        throw new FormatException("'\\{' without '}'");
    }

    private static string Plain(string text)
    {
        var bytes = new StringBuilder();
        for (var i = 0; i < text.Length;)
            Character(text, ref i, bytes);
        return bytes.ToString();
    }

    /// <summary>One character or simple escape.</summary>
    private static void Character(string text, ref int i, StringBuilder bytes)
    {
        if (text[i] != '\\')
        {
            var length = char.IsSurrogatePair(text, i) ? 2 : 1;
            bytes.Append(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text.Substring(i, length))));
            i += length;
            return;
        }

        var escape = i + 1 < text.Length ? text[i + 1] : throw new FormatException("a single '\\' at the end of the line");
        i += 2;
        switch (escape)
        {
            case 'r': bytes.Append('\r'); break;
            case 'n': bytes.Append('\n'); break;
            case 't': bytes.Append('\t'); break;
            case 's': bytes.Append(' '); break;
            case '\\' or '{' or '}' or '$': bytes.Append(escape); break;
            case 'x' when i + 2 <= text.Length:
                bytes.Append((char)byte.Parse(text.AsSpan(i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
                break;
            default:
                throw new FormatException($"'\\{escape}' is not known");
        }
    }
}
