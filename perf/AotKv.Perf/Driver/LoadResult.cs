using AotKv.Perf.Measure;

namespace AotKv.Perf.Driver;

/// <summary>What a run measured.</summary>
public sealed record LoadResult
{
    /// <summary>Length of the measured time.</summary>
    public required double Seconds { get; init; }

    /// <summary>Requests answered in it, counted at the same moments as the processor times.</summary>
    public required long Requests { get; init; }

    /// <summary>
    /// What was answered, by kind. Counted by each thread on its own, so its sum may differ from <see cref="Requests"/> by what was in
    /// flight.
    /// </summary>
    public required Tally Tally { get; init; }

    /// <summary>Latencies.</summary>
    public required LatencyHistogram Latency { get; init; }

    /// <summary>Open loop: how much later than intended requests were handed to the system.</summary>
    public required LatencyHistogram SendLag { get; init; }

    /// <summary>Processor time of the client, nanoseconds; 0 when unknown.</summary>
    public long ClientCpuNanoseconds { get; init; }

    /// <summary>Part of it that the client's threads spent looking in vain for replies, nanoseconds.</summary>
    public long ClientIdleNanoseconds { get; init; }

    /// <summary>Processor time of the server, nanoseconds; 0 when unknown.</summary>
    public long ServerCpuNanoseconds { get; init; }

    /// <summary>Processor time of everything else on the machine, nanoseconds; 0 when unknown.</summary>
    public long OtherCpuNanoseconds { get; init; }

    /// <summary>Share of the server's processor time that was not spent in the kernel, 0 to 1; 0 when unknown.</summary>
    public double ServerUserShare { get; init; }

    /// <summary>Resident memory of the server at the end, bytes; 0 when unknown.</summary>
    public long ServerResidentBytes { get; init; }

    /// <summary>Requests per second.</summary>
    public double PerSecond => Requests / Seconds;

    /// <summary>Processor time of the server for one request, nanoseconds.</summary>
    public double ServerNanosecondsPerRequest => Requests == 0 ? 0 : (double)ServerCpuNanoseconds / Requests;

    /// <summary>Processor time of the client for one request, nanoseconds, without the time it looked in vain for replies.</summary>
    public double ClientNanosecondsPerRequest => Requests == 0 ? 0 : ClientCores * Seconds * 1e9 / Requests;

    /// <summary>
    /// Cores the client kept busy, without the time it looked in vain for replies. Near 1 a thread: the client is the limit.
    /// </summary>
    public double ClientCores => Math.Max(0, ClientCpuNanoseconds - ClientIdleNanoseconds) / (Seconds * 1e9);

    /// <summary>Cores the server kept busy.</summary>
    public double ServerCores => ServerCpuNanoseconds / (Seconds * 1e9);

    /// <summary>Cores everything else kept busy.</summary>
    public double OtherCores => OtherCpuNanoseconds / (Seconds * 1e9);
}
