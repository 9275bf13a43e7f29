namespace AotKv.Engine.Tests;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class ManualClock : Clock
{
    private long _microseconds = 1_700_000_000_000_000;

    public ManualClock() => Refresh();

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _microseconds, (long)by.TotalMicroseconds);
        Refresh();
    }

    public long InMilliseconds(double fromNow) => Milliseconds + (long)fromNow;

    protected override long Read() => Volatile.Read(ref _microseconds);
}
