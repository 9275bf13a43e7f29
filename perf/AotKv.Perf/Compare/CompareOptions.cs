using AotKv.Perf.Servers;

namespace AotKv.Perf.Compare;

/// <summary>How the comparison is run.</summary>
internal sealed record CompareOptions
{
    /// <summary>The servers. The first is the one ratios are formed to.</summary>
    public required IReadOnlyList<ServerSpec> Servers { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<CompareCase> Cases { get; init; }

    /// <summary>How often each line is measured for each server.</summary>
    public required int Rounds { get; init; }

    /// <summary>Measured seconds of each.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds of load before.</summary>
    public required double WarmUpSeconds { get; init; }

    /// <summary>The core the server is bound to; below 0 any.</summary>
    public required int ServerCore { get; init; }

    /// <summary>The core this process is bound to; below 0 any.</summary>
    public required int ClientCore { get; init; }

    /// <summary>
    /// Seconds that each measurement may wait for the rest of the machine to be quiet, and be repeated while it was not; 0 measures
    /// at once and once.
    /// </summary>
    public required double PatienceSeconds { get; init; }

    /// <summary>No further round is begun after so many minutes; the one that is running goes on to its end.</summary>
    public required double LimitMinutes { get; init; }

    /// <summary>The folder for the CSV, Markdown and SVG files.</summary>
    public required string Output { get; init; }

    /// <summary>The command that repeats the comparison, for the report.</summary>
    public required string Command { get; init; }
}
