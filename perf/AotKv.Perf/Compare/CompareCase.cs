using System.Globalization;
using AotKv.Perf.Driver;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Compare;

/// <summary>One line of the comparison: a scenario and how it is driven.</summary>
internal sealed record CompareCase
{
    /// <summary>What the clients do.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>The suites it belongs to.</summary>
    public IReadOnlyList<string> Suites { get; init; } = [];

    /// <summary>The protocol it is spoken in.</summary>
    public string Protocol { get; init; } = WireProtocol.Classic;

    /// <summary>
    /// Worker threads of the servers. With more than one neither server nor client is bound to a core, the client has as many threads
    /// and sleeps when there is nothing to read: they share the machine.
    /// </summary>
    public int ServerThreads { get; init; } = 1;

    /// <summary>Connections.</summary>
    public int Connections { get; init; } = 50;

    /// <summary>Requests in flight on each.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>A word for what distinguishes it besides.</summary>
    public string Remark { get; init; } = "";

    /// <summary>Over a unix socket.</summary>
    public bool UnixSocket { get; init; }

    /// <summary>The servers' memory limit.</summary>
    public int MemoryMegabytes { get; init; } = 1024;

    /// <summary>
    /// Open loop: the rate is this share of what the first peer reached in the first round of the closed loop of the same
    /// scenario and connections at depth 1; 0 means a closed loop.
    /// </summary>
    public double PeakShare { get; init; }

    /// <summary>Its name: scenario, connections, depth or share, remark.</summary>
    public string Name
    {
        get
        {
            CultureInfo plain = CultureInfo.InvariantCulture;
            string protocol = Protocol == WireProtocol.Classic ? "" : $"-{Protocol}";
            string threads = ServerThreads == 1 ? "" : string.Create(plain, $"-t{ServerThreads}");
            string loop = PeakShare > 0 ? string.Create(plain, $"open{PeakShare * 100:F0}") : string.Create(plain, $"d{Depth}");
            return string.Create(plain, $"{Scenario.Name}-c{Connections}-{loop}{(Remark.Length > 0 ? $"-{Remark}" : "")}{threads}{protocol}");
        }
    }

    /// <summary>The closed loop whose rate an open loop is a share of.</summary>
    public string PeakName => (this with { PeakShare = 0, Depth = 1 }).Name;
}
