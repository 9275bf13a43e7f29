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
    private volatile int _phase;
    private Exception? _failure;

    /// <summary>Where the run stands; the controlling thread sets it.</summary>
    public Phase Phase
    {
        get => (Phase)_phase;
        set => _phase = (int)value;
    }

    /// <summary>The first failure of any thread.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Ends the run.</summary>
    /// <param name="failure">Why.</param>
    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        Phase = Phase.Stop;
    }
}
