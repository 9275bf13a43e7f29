using AotKv.Engine;

namespace AotKv.Http.Feed;

/// <summary>
/// Wakes readers of the feed when something was written. One thread waits for all of them, and only while somebody waits; it wakes them
/// once a millisecond at most, so a busy store is asked rarely.
/// </summary>
internal sealed class ChangeSignal : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    private readonly Store _store;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private readonly HashSet<Waiter> _waiting = []; // gate
    private Thread? _thread; // gate

    public ChangeSignal(Store store) => _store = store;

    /// <summary>Waits until the store's last revision is another than the one seen.</summary>
    /// <returns>False when the time was up.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<bool> WaitAsync(ulong seen, TimeSpan timeout, CancellationToken cancellation)
    {
        if (_store.LastRevision != seen)
        {
            return true;
        }

        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
        Waiter waiter = new(seen);
        using CancellationTokenRegistration end = timer.Token.UnsafeRegister(static waiter => ((Waiter)waiter!).Done.TrySetResult(), waiter);
        timer.CancelAfter(timeout);
        Add(waiter);
        await waiter.Done.Task.ConfigureAwait(false);
        lock (_gate)
        {
            _waiting.Remove(waiter);
        }

        cancellation.ThrowIfCancellationRequested();
        return _store.LastRevision != seen;
    }

    /// <summary>Ends the thread. Nobody waits any more.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Thread? thread;
        lock (_gate)
        {
            thread = _thread;
            Monitor.PulseAll(_gate);
        }

        thread?.Join();
        _stop.Dispose();
    }

    private void Add(Waiter waiter)
    {
        lock (_gate)
        {
            if (_thread == null && !_stop.IsCancellationRequested)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "http-feed" };
                _thread.Start();
            }

            _waiting.Add(waiter);
            Monitor.Pulse(_gate);
        }

        // It may have been written before the waiter stood in the list.
        if (_store.LastRevision != waiter.Seen)
        {
            waiter.Done.TrySetResult();
        }
    }

    private void Run()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                ulong last = Release();
                _ = _store.WaitForChange(last, Timeout.InfiniteTimeSpan, _stop.Token);
                _ = _stop.Token.WaitHandle.WaitOne(Pace);
            }
        }
        catch (OperationCanceledException)
        {
            // The door stops.
        }
    }

    /// <summary>Wakes those who have not seen the last revision; then waits until there is somebody who has.</summary>
    private ulong Release()
    {
        lock (_gate)
        {
            for (; ; )
            {
                ulong last = _store.LastRevision;
                bool hasCurrent = false;
                foreach (Waiter waiter in _waiting)
                {
                    if (waiter.Seen == last)
                    {
                        hasCurrent = true;
                    }
                    else
                    {
                        waiter.Done.TrySetResult();
                    }
                }

                if (hasCurrent || _stop.IsCancellationRequested)
                {
                    return last;
                }

                _ = Monitor.Wait(_gate);
            }
        }
    }

    private sealed class Waiter(ulong seen)
    {
        public ulong Seen { get; } = seen;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
