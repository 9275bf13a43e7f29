namespace AotKv.Perf.Driver;

/// <summary>Where a run stands.</summary>
internal enum Phase
{
    /// <summary>Load without measuring.</summary>
    WarmUp,

    /// <summary>Load that is measured.</summary>
    Measure,

    /// <summary>No more requests; the ones in flight are waited for.</summary>
    Stop,
}

/// <summary>What the threads of a run share.</summary>
internal sealed class RunState
{
    private int _phase;
    private Exception? _failure;

    /// <summary>Where the run stands.</summary>
    public Phase Phase
    {
        get => (Phase)Volatile.Read(ref _phase);
        init => _phase = (int)value;
    }

    /// <summary>The first failure of any thread.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Goes on to a phase; one that was stopped stays stopped.</summary>
    /// <param name="phase">A later phase.</param>
    public void Advance(Phase phase)
    {
        int seen = Volatile.Read(ref _phase);
        while (seen != (int)Phase.Stop)
        {
            int before = Interlocked.CompareExchange(ref _phase, (int)phase, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>Ends the run.</summary>
    /// <param name="failure">Why.</param>
    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        Advance(Phase.Stop);
    }
}
