using System.Collections.Concurrent;
using System.Diagnostics;

namespace AotKv.Engine.Tests.Linearizability;

/// <summary>What an operation on a register asks for.</summary>
internal enum Act
{
    Read,
    Write,
    Delete,
    Add,
    CompareAndSet,
}

/// <summary>One operation on one key as a client saw it.</summary>
/// <param name="Begin">A moment before it was asked for.</param>
/// <param name="End">A moment after its answer came.</param>
/// <param name="Act">What it asks for.</param>
/// <param name="Argument">The value written, the amount added, or the value set when the old one was as expected.</param>
/// <param name="Expected">What a compare-and-set expects.</param>
/// <param name="Result">What it answered: the value read, or the sum; null for nothing there.</param>
/// <param name="Succeeded">Whether it changed anything (a write always does).</param>
internal sealed record Event(long Begin, long End, Act Act, long Argument, long? Expected, long? Result, bool Succeeded)
{
    /// <summary>The register after this operation; false when it could not have answered so.</summary>
    public bool TryApply(long? before, out long? after)
    {
        after = before;
        switch (Act)
        {
            case Act.Read:
                return Result == before;
            case Act.Write:
                after = Argument;
                return true;
            case Act.Delete:
                after = null;
                return Succeeded == before.HasValue;
            case Act.Add:
                after = before + Argument;
                return Result == after;
            default:
                after = Succeeded ? Argument : before;
                return Succeeded == (before == Expected);
        }
    }
}

/// <summary>Gathers what several threads did, by key.</summary>
internal sealed class History
{
    private readonly ConcurrentDictionary<int, ConcurrentBag<Event>> _byKey = new();

    public IEnumerable<(int Key, Event[] Events)> Keys => _byKey.Select(pair => (pair.Key, pair.Value.ToArray()));

    public static long Now => Stopwatch.GetTimestamp();

    public void Add(int key, Event done) => _byKey.GetOrAdd(key, _ => []).Add(done);
}
