using AotKv.Perf.Measure;
using AotKv.Perf.Net;

namespace AotKv.Perf.Workloads;

/// <summary>The servers of a workload, and which of them are thought to be down. Shared by all users.</summary>
public sealed class NodeSet
{
    private const long RetryNanoseconds = 300_000_000;

    private readonly Target[] _targets;
    private readonly long[] _downUntil;

    /// <summary>Takes the servers.</summary>
    /// <param name="targets">At least one.</param>
    public NodeSet(IReadOnlyList<Target> targets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(targets.Count, 1);
        _targets = [.. targets];
        _downUntil = new long[_targets.Length];
    }

    /// <summary>How many.</summary>
    public int Count => _targets.Length;

    /// <summary>Where one listens.</summary>
    public Target this[int node] => _targets[node];

    /// <summary>The node of a key: its own, or the next one that is not down; its own when all are.</summary>
    public int NodeOf(uint key)
    {
        int own = (int)(key % (uint)_targets.Length);
        for (int i = 0; i < _targets.Length; i++)
        {
            int node = (own + i) % _targets.Length;
            if (Volatile.Read(ref _downUntil[node]) <= Nanoseconds.Now())
            {
                return node;
            }
        }

        return own;
    }

    /// <summary>A connection to a node broke: others are asked for a while.</summary>
    public void MarkDown(int node) => Volatile.Write(ref _downUntil[node], Nanoseconds.Now() + RetryNanoseconds);
}
