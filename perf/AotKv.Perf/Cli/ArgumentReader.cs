using System.Globalization;

namespace AotKv.Perf.Cli;

/// <summary>A mistake on the command line.</summary>
/// <param name="message">What is wrong and what would be right.</param>
public sealed class UsageException(string message) : Exception(message);

/// <summary>Reads <c>--name value</c>, <c>--name=value</c> and <c>--switch</c>. What nobody asked for is a mistake.</summary>
public sealed class ArgumentReader
{
    private readonly Dictionary<string, string?> _values = [];
    private readonly HashSet<string> _asked = [];

    /// <summary>Takes the arguments apart.</summary>
    /// <param name="arguments">The words behind the subcommand.</param>
    /// <exception cref="UsageException">A word is no option.</exception>
    public ArgumentReader(ReadOnlySpan<string> arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string word = arguments[i];
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"'{word}' is no option: options begin with --");
            }

            int equals = word.IndexOf('=');
            if (equals > 0)
            {
                _values[word[2..equals]] = word[(equals + 1)..];
            }
            else if (i + 1 < arguments.Length && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                _values[word[2..]] = arguments[++i];
            }
            else
            {
                _values[word[2..]] = null;
            }
        }
    }

    /// <summary>A text, or null when it was not given.</summary>
    /// <param name="name">The option's name.</param>
    public string? Text(string name)
    {
        _asked.Add(name);
        return _values.TryGetValue(name, out string? value) ? value ?? throw new UsageException($"--{name} wants a value") : null;
    }

    /// <summary>A text with a default.</summary>
    public string Text(string name, string otherwise) => Text(name) ?? otherwise;

    /// <summary>Whether a switch was given.</summary>
    /// <param name="name">The option's name.</param>
    public bool Switch(string name)
    {
        _asked.Add(name);
        bool given = _values.TryGetValue(name, out string? value);
        return value is null ? given : throw new UsageException($"--{name} takes no value ('{value}')");
    }

    /// <summary>A whole number in a range.</summary>
    public long Integer(string name, long otherwise, long min, long max)
    {
        string? text = Text(name);
        if (text is null)
        {
            return otherwise;
        }

        bool read = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
        return read && number >= min && number <= max
            ? number
            : throw new UsageException($"--{name} wants a whole number from {min} to {max}, not '{text}'");
    }

    /// <summary>A number in a range.</summary>
    public double Number(string name, double otherwise, double min, double max)
    {
        string? text = Text(name);
        if (text is null)
        {
            return otherwise;
        }

        CultureInfo plain = CultureInfo.InvariantCulture;
        bool read = double.TryParse(text, NumberStyles.Float, plain, out double number);
        return read && number >= min && number <= max
            ? number
            : throw new UsageException(string.Create(plain, $"--{name} wants a number from {min} to {max}, not '{text}'"));
    }

    /// <summary>Call when all options were asked for.</summary>
    /// <exception cref="UsageException">An option was given that nobody asked for.</exception>
    public void End()
    {
        foreach (string name in _values.Keys)
        {
            if (!_asked.Contains(name))
            {
                throw new UsageException($"unknown option --{name}");
            }
        }
    }
}
