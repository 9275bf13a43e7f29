using System.Runtime.CompilerServices;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    private const long RetryMicroseconds = 100_000;

    private readonly Lock _flushGate = new(); // before every stripe

    /// <summary>
    /// Makes every item of the default namespace stored up to a moment invisible at that moment. A later flush replaces one that is
    /// still to come.
    /// </summary>
    /// <param name="atMicroseconds">When, microseconds since 1970 (UTC); a time that has passed, or 0, means now.</param>
    /// <returns>False when a durable log has no room for saying so; nothing has changed then.</returns>
    public bool Flush(long atMicroseconds = 0)
    {
        lock (_flushGate)
        {
            if (atMicroseconds > Clock.Refresh())
            {
                bool isNoted = NoteFlush(atMicroseconds);
                if (isNoted)
                {
                    Volatile.Write(ref _flushAtMicroseconds, atMicroseconds);
                }

                return isNoted;
            }

            bool isDone = Empty(_namespaces.Default, drop: false);
            if (isDone)
            {
                Volatile.Write(ref _flushAtMicroseconds, 0);
            }

            return isDone;
        }
    }

    /// <summary>A flush that is still to come outlives a restart.</summary>
    private bool NoteFlush(long atMicroseconds)
    {
        if (!_isDurable)
        {
            return true;
        }

        Room room = default;
        var state = new NamespaceState(_namespaces.Default.FlushedRevision, IsDropped: false, "", atMicroseconds);
        while (!LogState(_namespaces.Default, state, ref room))
        {
            if (!MakeRoom(ref room))
            {
                return false;
            }
        }

        return true;
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

    /// <summary>Whoever comes while another applies the flush waits for it: nobody may see an item past that time.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyFlushIfDue()
    {
        if (Clock.Microseconds < Volatile.Read(ref _flushAtMicroseconds))
        {
            return;
        }

        lock (_flushGate)
        {
            long at = Volatile.Read(ref _flushAtMicroseconds);
            if (at != 0 && Clock.Microseconds >= at)
            {
                // A durable log without room for saying so is asked again in a moment, not by every operation.
                Volatile.Write(ref _flushAtMicroseconds, Empty(_namespaces.Default, drop: false) ? 0 : Clock.Microseconds + RetryMicroseconds);
            }
        }
    }
}
