namespace AotKv.CommandLine;

/// <summary>Whether an option has an argument.</summary>
internal enum ArgumentKind
{
    None,
    Required,

    /// <summary>Only as <c>--name=value</c>.</summary>
    Optional,
}

/// <summary>One option of the command line.</summary>
/// <param name="Letter">Its short form; AotKv's own options have none, and a letter beyond ASCII in its place.</param>
/// <param name="Name">Its long form.</param>
/// <param name="Argument">Whether it has an argument.</param>
/// <param name="Refusal">Why it is refused; null when it is served.</param>
internal sealed record OptionSpec(char Letter, string Name, ArgumentKind Argument, string? Refusal = null)
{
    /// <summary><c>--memcached-conf</c></summary>
    public const char ConfigurationFile = '\uE010';

    /// <summary><c>--debug-commands</c></summary>
    public const char DebugCommands = '\uE011';

    /// <summary><c>--transport</c></summary>
    public const char Transport = '\uE012';

    /// <summary><c>--data-dir</c></summary>
    public const char DataDirectory = '\uE000';

    /// <summary><c>--fsync</c></summary>
    public const char Sync = '\uE001';

    /// <summary><c>--repair</c></summary>
    public const char Repair = '\uE002';

    /// <summary><c>--dead-space</c>.</summary>
    public const char DeadSpace = '\uE003';

    /// <summary><c>--http</c></summary>
    public const char Http = '\uE020';

    /// <summary><c>--http-limits</c></summary>
    public const char HttpLimits = '\uE021';

    /// <summary><c>--http-log</c></summary>
    public const char HttpLog = '\uE022';

    /// <summary><c>--http-cors</c></summary>
    public const char HttpCors = '\uE023';

    /// <summary><c>--http-feed</c></summary>
    public const char HttpFeed = '\uE024';

    /// <summary><c>--http-tokens</c></summary>
    public const char HttpTokens = '\uE025';

    /// <summary><c>--otlp</c></summary>
    public const char Otlp = '\uE026';

    /// <summary>The last of those of the HTTP door.</summary>
    public const char HttpLast = '\uE02F';

    /// <summary>Both forms, as messages name it.</summary>
    public override string ToString() => char.IsAscii(Letter) ? $"-{Letter}/--{Name}" : $"--{Name}";
}
