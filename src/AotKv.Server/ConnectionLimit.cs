namespace AotKv.Server;

/// <summary>Counts the connections of a server and says when there are too many.</summary>
internal sealed class ConnectionLimit
{
    private readonly int _limit;
    private int _current;
    private long _total;
    private long _rejected;
    private long _acceptPauses;
    private long _acceptPausedMicroseconds;
    private int _paused;

    public ConnectionLimit(int limit) => _limit = limit;

    /// <summary>Connections open now.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>Connections ever accepted, the rejected ones not counted.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Connections turned away because there were too many.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>How often accepting stopped because the system had no descriptor or memory for a connection.</summary>
    public long AcceptPauses => Volatile.Read(ref _acceptPauses);

    /// <summary>How long accepting was stopped, microseconds.</summary>
    public long AcceptPausedMicroseconds => Volatile.Read(ref _acceptPausedMicroseconds);

    /// <summary>No listener is paused.</summary>
    public bool IsAccepting => Volatile.Read(ref _paused) == 0;

    /// <summary>Counts a new connection; false when it is one too many.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _current) <= _limit)
        {
            Interlocked.Increment(ref _total);
            return true;
        }

        Interlocked.Decrement(ref _current);
        Interlocked.Increment(ref _rejected);
        return false;
    }

    /// <summary>Counts a closed connection.</summary>
    public void Leave() => Interlocked.Decrement(ref _current);

    /// <summary>Notes that a listener pauses.</summary>
    public void Pause()
    {
        Interlocked.Increment(ref _paused);
        Interlocked.Increment(ref _acceptPauses);
    }

    /// <summary>Notes that a listener goes on.</summary>
    public void Resume(long pausedMicroseconds)
    {
        Interlocked.Decrement(ref _paused);
        Interlocked.Add(ref _acceptPausedMicroseconds, pausedMicroseconds);
    }
}
