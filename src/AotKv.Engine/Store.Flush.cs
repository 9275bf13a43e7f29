using System.Runtime.CompilerServices;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>
    /// Makes every item of the default namespace stored up to a moment invisible at that moment. A later flush replaces one that is
    /// still to come.
    /// </summary>
    /// <param name="atMicroseconds">When, microseconds since 1970 (UTC); a time that has passed, or 0, means now.</param>
    /// <returns>False when a durable log has no room for saying so; nothing has changed then.</returns>
    public bool Flush(long atMicroseconds = 0)
    {
        if (atMicroseconds > Clock.Refresh())
        {
            Volatile.Write(ref _flushAtMicroseconds, atMicroseconds);
            return true;
        }

        Volatile.Write(ref _flushAtMicroseconds, 0);
        return Empty(_namespaces.Default, drop: false);
    }

    /// <summary>Every operation begins with this: a delayed flush takes effect before the first operation after its time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ApplyDueFlush()
    {
        if (Volatile.Read(ref _flushAtMicroseconds) != 0)
        {
            ApplyFlushIfDue();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyFlushIfDue()
    {
        long at = Volatile.Read(ref _flushAtMicroseconds);
        if (at != 0 && Clock.Microseconds >= at && Interlocked.CompareExchange(ref _flushAtMicroseconds, 0, at) == at
            && !Empty(_namespaces.Default, drop: false))
        {
            Volatile.Write(ref _flushAtMicroseconds, at);
        }
    }
}
