namespace AotKv.Server.Watch;

/// <summary>Who watches, and the figures of it. Any thread.</summary>
internal sealed class WatchHub
{
    /// <summary>As many as memcached takes.</summary>
    public const int MaxWatchers = 20;

    private readonly Lock _lock = new();
    private readonly ServerState _state;
    private Watcher[] _watchers = []; // replaced under _lock
    private long _lines;
    private long _sent;
    private long _skipped;

    public WatchHub(ServerState state) => _state = state;

    /// <summary>Connections that watch.</summary>
    public int Watchers => Volatile.Read(ref _watchers).Length;

    /// <summary>Counter: lines made.</summary>
    public long Lines => Volatile.Read(ref _lines);

    /// <summary>Counter: lines that watchers got.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Counter: lines for which a watcher had no room.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>A number for the next line; rising.</summary>
    public long NextNumber() => Interlocked.Increment(ref _lines);

    /// <summary>Takes a watcher in; false when there are too many.</summary>
    public bool TryAdd(Watcher watcher)
    {
        lock (_lock)
        {
            if (_watchers.Length == MaxWatchers)
            {
                return false;
            }

            Set([.. _watchers, watcher]);
            return true;
        }
    }

    /// <summary>Lets a watcher go.</summary>
    public void Remove(Watcher watcher)
    {
        lock (_lock)
        {
            Set([.. _watchers.Where(one => one != watcher)]);
        }
    }

    /// <summary>Gives a line to all who want it.</summary>
    public void Publish(WatchStreams stream, ReadOnlySpan<byte> line)
    {
        foreach (Watcher watcher in Volatile.Read(ref _watchers))
        {
            if ((watcher.Streams & stream) != 0)
            {
                Interlocked.Increment(ref watcher.Append(line) ? ref _sent : ref _skipped);
            }
        }
    }

    private void Set(Watcher[] watchers)
    {
        Volatile.Write(ref _watchers, watchers);
        _state.SetObserved(watchers.Aggregate(WatchStreams.None, (all, watcher) => all | watcher.Streams), keeps: WatchStreams.Prefixes);
    }
}
