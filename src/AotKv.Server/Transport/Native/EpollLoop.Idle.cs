using AotKv.Server.Stats;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// Closes connections that have had no request for too long (<c>-o idle_timeout</c>). Connections are not kept in order of their age,
/// which would cost every request; now and then, at the earliest when the oldest can be due, all are looked at.
/// </summary>
internal sealed partial class EpollLoop
{
    private const int MinSweepIntervalMs = 1000;

    private readonly long _idleMs; // 0: never; unix sockets have none, as in memcached
    private long _sweepAtMs; // of the process's own clock, which nobody sets

    private int UntilSweep() => (int)Math.Clamp(_sweepAtMs - Environment.TickCount64, 0, int.MaxValue);

    private void CloseIdle()
    {
        if (Environment.TickCount64 < _sweepAtMs)
        {
            return;
        }

        long now = Host.Clock.Milliseconds;
        long oldest = now;
        foreach (EpollConnection connection in _transport.Table.Of(this))
        {
            if (now - connection.LastRequestMs <= _idleMs)
            {
                oldest = Math.Min(oldest, connection.LastRequestMs);
            }
            else if (connection is { WaitsForRoom: false, WaitsForLog: false, IsQueued: false } && connection.Session.IsBetweenRequests)
            {
                Host.Counters.Add(Counter.IdleKicks);
                Close(connection, Watch.CloseReason.IdleTimeout);
            }
        }

        _sweepAtMs = Environment.TickCount64 + Math.Max(oldest + _idleMs + 1 - now, MinSweepIntervalMs);
    }
}
