using AotKv.Engine.Eviction;
using AotKv.Engine.Log;

namespace AotKv.Engine;

/// <summary>
/// The store's own thread: keeps free segments ready before writers need them, faults their pages in, applies a delayed flush
/// and removes what nobody can see. It sleeps when there is nothing to do, a second at most.
/// </summary>
internal sealed class Maintenance : IDisposable
{
    private const int TickMilliseconds = 1000;

    private readonly Store _store;
    private readonly SegmentPool _pool;
    private readonly SegmentSupply _supply;
    private readonly Sweeper _sweeper;
    private readonly IStepObserver? _observer;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private bool _stop;
    private int _sweepsAsked; // volatile
    private int _sweepsDone; // volatile

    public Maintenance(Store store, SegmentPool pool, SegmentSupply supply, Sweeper sweeper, IStepObserver? observer)
    {
        _observer = observer;
        _store = store;
        _pool = pool;
        _supply = supply;
        _sweeper = sweeper;
        pool.Listener = this;
        _thread = new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "store" };
    }

    public void Start() => _thread.Start();

    /// <summary>There may be something to do. May be called with locks held.</summary>
    public void Signal() => _wake.Set();

    /// <summary>Asks for a sweep now, of everything with something due, without the usual patience.</summary>
    public void AskForSweep()
    {
        Interlocked.Increment(ref _sweepsAsked);
        Signal();
    }

    /// <summary>A sweep that was asked for is not done.</summary>
    public bool IsSweepAsked => Volatile.Read(ref _sweepsAsked) != Volatile.Read(ref _sweepsDone);

    /// <summary>Ends the thread. What wakes it may still be called.</summary>
    public void Stop()
    {
        Volatile.Write(ref _stop, true);
        _wake.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
    }

    /// <summary>Does what there is to do.</summary>
    /// <param name="sweepAnyway">Look for expired items also when the last look was not long ago.</param>
    public void Turn(bool sweepAnyway)
    {
        _ = _store.Clock.Refresh();
        _store.ApplyDueFlush();
        while (WorkAhead() && !Volatile.Read(ref _stop))
        {
        }

        _observer?.Begin();
        _ = _pool.PopulateOne();
        _observer?.End("fault pages in, no lock held");
        _store.SettleSealed();
        int asked = Volatile.Read(ref _sweepsAsked);
        _sweeper.RunIfDue(sweepAnyway || asked != _sweepsDone);
        Volatile.Write(ref _sweepsDone, asked);
    }

    public void Dispose() => _wake.Dispose();

    private bool WorkAhead()
    {
        _observer?.Begin();
        bool worked = _supply.WorkAhead();
        _observer?.End("make room");
        return worked;
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stop))
        {
            Turn(sweepAnyway: false);
            _ = _wake.WaitOne(TickMilliseconds);
        }
    }
}
