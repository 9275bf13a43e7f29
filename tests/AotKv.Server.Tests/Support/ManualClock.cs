using AotKv.Engine;

namespace AotKv.Server.Tests.Support;

/// <summary>A clock that moves when the test says so.</summary>
internal sealed class ManualClock : Clock
{
    private long _now = 1_800_000_000_000_000;

    public ManualClock() => Refresh();

    public void Advance(TimeSpan time)
    {
        Interlocked.Add(ref _now, time.Ticks / TimeSpan.TicksPerMicrosecond);
        Refresh();
    }

    // The base class reads the time before this class has any; the system's would be later than this test's.
    protected override long Read() => Volatile.Read(ref _now);
}
