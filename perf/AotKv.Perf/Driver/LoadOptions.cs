using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Driver;

/// <summary>How a scenario is driven.</summary>
public sealed record LoadOptions
{
    /// <summary>The server.</summary>
    public required Target Target { get; init; }

    /// <summary>What the clients do.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>The protocol's name.</summary>
    public string Protocol { get; init; } = "classic";

    /// <summary>Connections, 1 or more, spread over the threads.</summary>
    public int Connections { get; init; } = 50;

    /// <summary>Closed loop: requests in flight on a connection.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>
    /// Closed loop: send the next request as soon as one is answered, so that <see cref="Depth"/> are always in flight. When
    /// false, as clients that pipeline do, <see cref="Depth"/> requests go out together and the next when all are answered.
    /// </summary>
    public bool SlidingWindow { get; init; }

    /// <summary>Open loop: requests per second over all connections; 0 means a closed loop.</summary>
    public double Rate { get; init; }

    /// <summary>Open loop: how requests follow each other.</summary>
    public Arrival Arrival { get; init; }

    /// <summary>Threads of the client.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Cores the client's threads are bound to in turn; empty leaves them to the system.</summary>
    public IReadOnlyList<int> Cores { get; init; } = [];

    /// <summary>Store every key before the load begins.</summary>
    public bool Populate { get; init; } = true;

    /// <summary>Seconds of load before the clock runs; 0 measures from the first request on.</summary>
    public double WarmUpSeconds { get; init; } = 1;

    /// <summary>Seconds of load that are measured; with <see cref="Requests"/> the longest they may take.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>End after this many measured requests; 0 means by time.</summary>
    public long Requests { get; init; }

    /// <summary>Check every key, flag and byte of every value.</summary>
    public bool Verify { get; init; }

    /// <summary>
    /// Never sleep: look again and again for replies. A client that sleeps must be woken by the server's kernel on the server's
    /// processor time, which a client on another machine is not. An open loop always does so.
    /// </summary>
    public bool Spin { get; init; }

    /// <summary>Use the portable sockets also where there is something faster.</summary>
    public bool PortableNetwork { get; init; }

    /// <summary>Speak TLS; whose certificate the server shows is not looked at.</summary>
    public bool Secured { get; init; }

    /// <summary>Seed of the requests.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The server's process, to read its processor time and memory; 0 when it is unknown.</summary>
    public int ServerProcess { get; init; }
}
