using System.Globalization;
using System.Text.RegularExpressions;

namespace AotKv.Wire.Tests.Scripting;

/// <summary>Reads conversation files. The format is described in <c>conversations/README.md</c>.</summary>
internal sealed partial class ConversationReader
{
    private readonly string _file;
    private readonly List<Conversation> _conversations = [];
    private readonly List<Step> _steps = [];
    private string? _name;
    private string _arguments = "";
    private bool _fresh;
    private string? _onlyAotKv;
    private string? _noCuts;
    private string? _login;
    private bool _isUdp;
    private int _line;

    private ConversationReader(string file) => _file = file;

    /// <summary>Reads the conversations of one file.</summary>
    /// <param name="file">The name to show.</param>
    /// <param name="lines">Its lines.</param>
    /// <exception cref="FormatException">A line is not of the format; the message has file and line.</exception>
    public static IReadOnlyList<Conversation> Read(string file, IEnumerable<string> lines)
    {
        var reader = new ConversationReader(file);
        foreach (var line in lines)
        {
            reader._line++;
            try
            {
                reader.ReadLine(line);
            }
            catch (FormatException e)
            {
                throw new FormatException($"{file}:{reader._line}: {e.Message}: {line}", e);
            }
        }

        reader.EndConversation();
        return reader._conversations;
    }

    [GeneratedRegex("""
        \A(?<connection>\d?)
        (?: > (?<client>-|x|packet|pause|close|reset|half)?
          | < (?:\[(?<server>[\w.]+)(?::\ (?<reason>[^\]]+))?\])? (?<expect>-|~|packet|closed|table|stat|nostat|none)? )
        (?:\ (?<text>.*))?\z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex StepLine { get; }

    private void ReadLine(string line)
    {
        if (line.Length == 0 || line[0] == '#')
            return;

        if (line.StartsWith("== ", StringComparison.Ordinal))
        {
            EndConversation();
            _name = line[3..].Trim();
        }
        else if (_name == null)
        {
            throw new FormatException("a conversation begins with '== its name'");
        }
        else if (line[0] == '@')
        {
            ReadDirective(line);
        }
        else if (line.StartsWith("wait ", StringComparison.Ordinal))
        {
            _steps.Add(new Wait(1, _line, TimeSpan.FromSeconds(double.Parse(line.AsSpan(5), CultureInfo.InvariantCulture))));
        }
        else if (StepLine.Match(line) is { Success: true } match)
        {
            ReadStep(match);
        }
        else
        {
            throw new FormatException("neither a step nor a comment");
        }
    }

    private void ReadDirective(string line)
    {
        if (line is "@fresh" or "@udp")
        {
            _fresh |= line == "@fresh";
            _isUdp |= line == "@udp";
            return;
        }

        var words = line.Split(' ', 2);
        var rest = words.Length == 2 ? words[1].Trim() : throw new FormatException("a directive needs a text");
        switch (words[0])
        {
            case "@args": _arguments = rest; break;
            case "@aotkv": _onlyAotKv = rest; break;
            case "@nocuts": _noCuts = rest; break;
            case "@login": _login = rest; break;
            default: throw new FormatException("unknown directive");
        }
    }

    private void ReadStep(Match match)
    {
        var connection = match.Groups["connection"].Length == 0 ? 1 : match.Groups["connection"].Value[0] - '0';
        var text = match.Groups["text"].Value;
        if (match.Value.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')[0] == '>')
        {
            _steps.Add(match.Groups["client"].Value switch
            {
                "" => new Send(connection, _line, Template.Parse(text + "\\r\\n"), text),
                "-" => new Send(connection, _line, Template.Parse(text), text),
                "x" => new Send(connection, _line, Template.Parse(Escaped(text)), text),
                "packet" => new Send(connection, _line, Packet.Parse(text), text),
                "pause" => new Pause(connection, _line),
                "close" => new Close(connection, _line, CloseKind.Close),
                "reset" => new Close(connection, _line, CloseKind.Reset),
                _ => new Close(connection, _line, CloseKind.Half),
            });
            return;
        }

        var kind = match.Groups["expect"].Value;
        var expectations = kind == "none" ? [] : new List<Expectation> { ReadExpectation(kind, text) };
        if (!match.Groups["server"].Success)
            _steps.Add(new Expect(connection, _line, expectations, []));
        else
            AddDifference(match.Groups["server"].Value, match.Groups["reason"].Value, expectations);
    }

    private static Expectation ReadExpectation(string kind, string text)
    {
        switch (kind)
        {
            case "packet":
                return new Expectation(ExpectKind.Packet, Template.Parse(""), "", text, Packet.Parse(text));
            case "~":
                return new Expectation(ExpectKind.BareLine, Template.Parse(text), "", text);
            case "":
                return new Expectation(ExpectKind.Line, Template.Parse(text), "", text);
            case "-":
                var bytes = Template.Parse(text);
                return bytes.HasPattern
                    ? throw new FormatException("a pattern needs a whole line")
                    : new Expectation(ExpectKind.Bytes, bytes, "", text);
            case "closed":
                return new Expectation(ExpectKind.Closed, Template.Parse(""), "", "(closed)");
            case "table":
                return new Expectation(ExpectKind.Table, Template.Parse(""), "", "(table of STAT lines)");
            case "nostat":
                return new Expectation(ExpectKind.NoStat, Template.Parse(""), text, $"(no STAT {text})");
            default:
                var words = text.Split(' ', 2);
                return new Expectation(ExpectKind.Stat, Template.Parse(words.Length == 2 ? words[1] : ""), words[0], $"STAT {text}");
        }
    }

    /// <summary>Hexadecimal digits as escapes.</summary>
    private static string Escaped(string digits) =>
        string.Concat(Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal)).Select(value => $"\\x{value:x2}"));

    /// <summary>A difference belongs to the expected line before it; several lines of the same server are one difference.</summary>
    private void AddDifference(string server, string reason, List<Expectation> expectations)
    {
        if (_steps.LastOrDefault() is not Expect expect)
            throw new FormatException("a difference follows the line from which it differs");

        var differences = expect.Differences.ToList();
        if (reason.Length > 0)
            differences.Add(new Difference(server, reason, expectations));
        else if (differences.Count > 0 && differences[^1].Server == server)
            differences[^1] = differences[^1] with { Instead = [.. differences[^1].Instead, .. expectations] };
        else
            throw new FormatException("a difference needs a reason: <[server: reason]");
        _steps[^1] = expect with { Differences = differences };
    }

    private void EndConversation()
    {
        if (_name != null)
        {
            if (_steps.Count == 0)
                throw new FormatException($"{_file}: '{_name}' is empty");
            if (_conversations.Exists(conversation => conversation.Name == _name))
                throw new FormatException($"{_file}: '{_name}' is there twice");
            _conversations.Add(new Conversation(_file, _name, _arguments, _fresh, _onlyAotKv, _noCuts, _login, _isUdp, [.. _steps]));
        }

        _steps.Clear();
        _arguments = "";
        _fresh = false;
        _onlyAotKv = null;
        _noCuts = null;
        _login = null;
        _isUdp = false;
    }
}
