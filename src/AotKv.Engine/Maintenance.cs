using AotKv.Engine.Eviction;
using AotKv.Engine.Expiry;
using AotKv.Engine.Log;

namespace AotKv.Engine;

/// <summary>
/// The store's own thread: keeps free segments ready before writers need them, faults their pages in, applies a delayed flush
/// and removes what has expired. It sleeps when there is nothing to do, a second at most.
/// </summary>
internal sealed class Maintenance : IDisposable
{
    private const int TickMilliseconds = 1000;

    private readonly Store _store;
    private readonly SegmentPool _pool;
    private readonly Reclaimer _reclaimer;
    private readonly ExpiryCrawler _crawler;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private bool _stop;

    public Maintenance(Store store, SegmentPool pool, Reclaimer reclaimer, ExpiryCrawler crawler)
    {
        _store = store;
        _pool = pool;
        _reclaimer = reclaimer;
        _crawler = crawler;
        pool.Listener = this;
        _thread = new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "store" };
        _thread.Start();
    }

    /// <summary>There may be something to do. May be called with locks held.</summary>
    public void Signal() => _wake.Set();

    public void Dispose()
    {
        Volatile.Write(ref _stop, true);
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stop))
        {
            _ = _store.Clock.Refresh();
            _store.ApplyDueFlush();
            while (_reclaimer.WorkAhead() && !Volatile.Read(ref _stop))
            {
            }

            _ = _pool.PopulateOne();
            _crawler.RunIfDue();
            _ = _wake.WaitOne(TickMilliseconds);
        }
    }
}
