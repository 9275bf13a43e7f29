using AotKv.Engine;
using AotKv.Http;
using AotKv.Server;

namespace AotKv.CommandLine;

/// <summary>Something the command line asks for instead of a server.</summary>
internal enum LaunchAction
{
    Serve,
    Help,
    License,
    Version,
}

/// <summary>A mistake on the command line.</summary>
/// <param name="ExitCode">What memcached exits with for it.</param>
/// <param name="Message">One line that names it and says what to do.</param>
internal sealed record Mistake(int ExitCode, string Message);

/// <summary>What the command line says.</summary>
internal sealed record LaunchOptions
{
    public LaunchAction Action { get; init; }

    public ServerOptions Server { get; init; } = new();

    public StoreOptions Store { get; init; } = new() { ItemOverheadBytes = StoreOverheadBytes };

    /// <summary>The HTTP door; null, the default, for none.</summary>
    public HttpOptions? Http { get; init; }

    /// <summary>Run in the background.</summary>
    public bool Daemon { get; init; }

    /// <summary>Memory stays out of the swap.</summary>
    public bool LocksMemory { get; init; }

    /// <summary>A crash leaves as large a core file as the system allows; the working directory stays.</summary>
    public bool DumpsCore { get; init; }

    /// <summary>What to tell the operator before serving, one line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>User to become when started as root; null none.</summary>
    public string? User { get; init; }

    /// <summary>Full path of the file for the process id; null none.</summary>
    public string? PidFile { get; init; }

    /// <summary>memcached's bytes per item beside key and value, so that -I means the same byte.</summary>
    public const int StoreOverheadBytes = 59;
}
