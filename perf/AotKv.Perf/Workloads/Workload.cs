using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Workloads;

/// <summary>
/// What an application does to its cache: a scenario (steps, weights, keys, values), how its users behave around it, and what is
/// demanded of the outcome. It depends on no driver: this project's own runner and NBomber run the same ones.
/// </summary>
public sealed record Workload
{
    /// <summary>A short name: letters and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>What it stands for, one sentence.</summary>
    public required string About { get; init; }

    /// <summary>The requests and their data.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>What is demanded.</summary>
    public required WorkloadLimits Limits { get; init; }

    /// <summary>Users at the same time, each with a connection of its own to every node, and one request at a time.</summary>
    public int Users { get; init; } = 20;

    /// <summary>Every key is stored before the users begin.</summary>
    public bool Populate { get; init; } = true;

    /// <summary>
    /// Milliseconds that the slow origin behind the cache takes: a user who finds nothing asks it, and stores the value; 0 when there is
    /// none.
    /// </summary>
    public int OriginMilliseconds { get; init; }

    /// <summary>A user closes the connection after so many requests and opens another; 0 keeps it.</summary>
    public int RequestsPerConnection { get; init; }

    /// <summary>Servers that the keys are spread over.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>The last node is killed after a third of the time, and comes back, empty, after two thirds.</summary>
    public bool LosesNode { get; init; }

    /// <summary>Memory limit of each server, megabytes.</summary>
    public int MemoryMegabytes { get; init; } = 256;
}

/// <summary>What is demanded of a workload's outcome.</summary>
/// <param name="MaxFailPercent">Most requests, of a hundred, that may fail: an error reply, a broken connection.</param>
/// <param name="MaxP99Milliseconds">
/// The longest a request may take, one in a hundred excepted. Generous: it is for finding what is broken, on any machine; figures come from
/// the comparison.
/// </param>
/// <param name="MinHitPercent">Fewest keys read, of a hundred, that must be found.</param>
public sealed record WorkloadLimits(double MaxFailPercent, double MaxP99Milliseconds, double MinHitPercent);
