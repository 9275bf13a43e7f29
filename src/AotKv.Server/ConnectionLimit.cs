namespace AotKv.Server;

/// <summary>Counts the connections of a server and says when there are too many.</summary>
internal sealed class ConnectionLimit
{
    private readonly int _limit;
    private int _current;
    private long _total;
    private long _rejected;
    private readonly Lock _lock = new();
    private long _acceptPauses; // _lock
    private long _acceptPausedMilliseconds; // _lock
    private long _pausedSinceMilliseconds; // _lock
    private int _paused; // _lock

    public ConnectionLimit(int limit) => _limit = limit;

    /// <summary>Connections open now.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Connections ever accepted, the rejected ones not counted.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Connections turned away because there were too many.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>How often accepting stopped because there were too many connections, or no descriptor or memory for another one.</summary>
    public long AcceptPauses => Volatile.Read(ref _acceptPauses);

    /// <summary>How long accepting was stopped, microseconds.</summary>
    public long AcceptPausedMicroseconds => Volatile.Read(ref _acceptPausedMilliseconds) * 1000;

    /// <summary>No listener is paused.</summary>
    public bool IsAccepting => Volatile.Read(ref _paused) == 0;

    /// <summary>Counts a new connection; false when it is one too many.</summary>
    public bool TryEnter()
    {
        if (TryReserve())
        {
            Confirm();
            return true;
        }

        Interlocked.Increment(ref _rejected);
        return false;
    }

    /// <summary>There is room for another connection now; it may be gone the next moment.</summary>
    public bool HasRoom => Current < _limit;

    /// <summary>Takes room for a connection that is not there yet; false when there is none, which is not counted.</summary>
    public bool TryReserve()
    {
        if (Interlocked.Increment(ref _current) <= _limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _current);
        return false;
    }

    /// <summary>The connection that room was taken for is there.</summary>
    public void Confirm() => Interlocked.Increment(ref _total);

    /// <summary>Counts a closed connection, or gives back what was reserved.</summary>
    public void Leave() => Interlocked.Decrement(ref _current);

    /// <summary>Notes that somebody stops accepting; those who do at the same time count as one.</summary>
    public void Pause()
    {
        lock (_lock)
        {
            if (++_paused == 1)
            {
                _acceptPauses++;
                _pausedSinceMilliseconds = Environment.TickCount64;
            }
        }
    }

    /// <summary>Notes that somebody goes on accepting.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            if (--_paused == 0)
            {
                _acceptPausedMilliseconds += Environment.TickCount64 - _pausedSinceMilliseconds;
            }
        }
    }
}
