namespace AotKv.CommandLine;

/// <summary>One option as it stood on the command line, or what is wrong with it.</summary>
/// <param name="Option">The option; null when there is none of that name.</param>
/// <param name="Argument">Its argument, leading blanks removed as memcached does; null without one.</param>
/// <param name="Mistake">What is wrong; null when nothing is.</param>
internal readonly record struct ParsedOption(OptionSpec? Option, string? Argument, string? Mistake);

/// <summary>
/// Cuts a command line into options the way getopt_long does: letters may be bundled (<c>-vv</c>), an argument may be glued to its
/// letter (<c>-p11211</c>) or follow it, long options take <c>--name=value</c> or <c>--name value</c> and may be abbreviated as long as
/// they are unambiguous, and <c>--</c> ends them.
/// </summary>
internal static class Getopt
{
    public static IEnumerable<ParsedOption> Parse(IReadOnlyList<string> arguments, IReadOnlyList<OptionSpec> options)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                for (i++; i < arguments.Count; i++)
                {
                    yield return Stray(arguments[i]);
                }
            }
            else if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                yield return ParseLong(arguments, ref i, options);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                for (int at = 1; at < argument.Length;)
                {
                    yield return ParseLetter(arguments, ref i, argument, ref at, options);
                }
            }
            else
            {
                yield return Stray(argument);
            }
        }
    }

    private static ParsedOption Stray(string argument) => new(null, null, $"unexpected argument '{argument}'");

    private static ParsedOption ParseLetter(
        IReadOnlyList<string> arguments, ref int index, string bundle, ref int at, IReadOnlyList<OptionSpec> options)
    {
        char letter = bundle[at++];
        if (!char.IsAscii(letter) || options.FirstOrDefault(option => option.Letter == letter) is not { } found)
        {
            return new(null, null, $"unknown option '-{letter}'");
        }

        if (found.Argument != ArgumentKind.Required)
        {
            return new(found, null, null);
        }

        string rest = bundle[at..];
        at = bundle.Length;
        return rest.Length > 0 ? new(found, rest.TrimStart(), null) : TakeNext(arguments, ref index, found, $"-{letter}");
    }

    private static ParsedOption ParseLong(IReadOnlyList<string> arguments, ref int index, IReadOnlyList<OptionSpec> options)
    {
        string text = arguments[index][2..];
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        string? value = equals < 0 ? null : text[(equals + 1)..].TrimStart();
        OptionSpec[] candidates = options.FirstOrDefault(option => option.Name == name) is { } exact
            ? [exact]
            : [.. options.Where(option => name.Length > 0 && option.Name.StartsWith(name, StringComparison.Ordinal))];
        if (candidates.Length != 1)
        {
            return new(null, null, candidates.Length == 0
                ? $"unknown option '--{name}'"
                : $"option '--{name}' is ambiguous: {string.Join(" ", candidates.Select(option => "--" + option.Name))}");
        }

        OptionSpec found = candidates[0];
        return found.Argument switch
        {
            ArgumentKind.None when value != null => new(found, null, $"option '--{found.Name}' takes no argument"),
            ArgumentKind.Required when value == null => TakeNext(arguments, ref index, found, "--" + found.Name),
            _ => new(found, value, null),
        };
    }

    private static ParsedOption TakeNext(IReadOnlyList<string> arguments, ref int index, OptionSpec option, string shown) =>
        ++index < arguments.Count
            ? new(option, arguments[index].TrimStart(), null)
            : new(option, null, $"option '{shown}' needs an argument");
}
