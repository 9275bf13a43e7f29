using AotKv.Engine;

namespace AotKv.Server;

/// <summary>
/// A clock that the <c>debugtime</c> command moves, stops and continues: for tests of what happens with time. Any thread.
/// </summary>
public sealed class DebugClock : Clock
{
    private readonly Lock _lock = new();
    private long _offset; // _lock; microseconds
    private long _stoppedAt; // _lock; microseconds; 0 while it runs

    /// <summary>Makes a clock that shows the system's time.</summary>
    public DebugClock() => Refresh();

    /// <summary>Moves it.</summary>
    /// <param name="by">How far; may be negative.</param>
    public void Move(TimeSpan by)
    {
        lock (_lock)
        {
            _offset += (long)by.TotalMicroseconds;
            _stoppedAt += _stoppedAt == 0 ? 0 : (long)by.TotalMicroseconds;
        }

        Refresh();
    }

    /// <summary>Stops it where it stands.</summary>
    public void Pause()
    {
        long now = Refresh();
        lock (_lock)
        {
            _stoppedAt = now;
        }
    }

    /// <summary>Lets it go on, from the system's time and what it was moved by.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _stoppedAt = 0;
        }

        Refresh();
    }

    /// <inheritdoc/>
    protected override long Read()
    {
        lock (_lock)
        {
            return _stoppedAt != 0 ? _stoppedAt : base.Read() + _offset;
        }
    }
}
