using AotKv.Server.Buffers;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// Replies that wait for the log (<c>--fsync always</c>): the connection waits, the loop goes on with others, and one sync serves all
/// that wait.
/// </summary>
internal sealed partial class EpollLoop
{
    private readonly bool _holdsReplies;
    private readonly List<EpollConnection> _unsynced = [];
    private int _waiting; // connections in _unsynced, for the syncing thread
    private ulong _asked; // the last revision a sync was asked for

    /// <inheritdoc/>
    public void OnDurable(ulong revision)
    {
        // The loop counts itself in, then looks how far the log is; here it is the other way round: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) > 0)
        {
            LinuxCalls.Raise(_wake);
        }
    }

    /// <inheritdoc/>
    public void OnFailed(string reason) => OnDurable(0);

    /// <summary>Before requests are executed: the last revision until then.</summary>
    private ulong BeginWrites()
    {
        Host.HasWritten = false;
        return Host.Store.LastRevision;
    }

    /// <summary>After requests were executed: what must be on disk before the replies go. Revisions of other loops may be in it.</summary>
    private void NoteWrites(EpollConnection connection, ulong before)
    {
        if (Host.HasWritten)
        {
            ulong now = Host.Store.LastRevision;
            connection.DurableAt = now != before ? now : connection.DurableAt;
        }
    }

    /// <summary>Keeps replies whose writes are not on disk. False when they are: send.</summary>
    private bool HoldForLog(EpollConnection connection, ref NativeBlock reply, int length)
    {
        if (connection.DurableAt <= Host.Store.DurableRevision)
        {
            connection.DurableAt = 0;
            return false;
        }

        if (!TryKeepRest(connection, ref reply, 0, length))
        {
            Host.Counters.Add(Stats.Counter.ReplyBufferExhausted);
            Close(connection);
            return true;
        }

        connection.WaitsForLog = true;
        _unsynced.Add(connection);
        return true;
    }

    /// <summary>Input of a connection that waits: looked at when it goes on. Few clients send while they are owed a reply.</summary>
    private void Deafen(EpollConnection connection)
    {
        connection.IsDeaf = true;
        LinuxCalls.Control(_epoll, LinuxCalls.ControlDelete, connection.Descriptor, 0, (ulong)connection.Descriptor);
    }

    /// <summary>Asks for a sync for those that wait, and lets those go on that waited long enough.</summary>
    private void ServeDurable()
    {
        if (_unsynced.Count == 0)
        {
            return;
        }

        Volatile.Write(ref _waiting, _unsynced.Count);
        Interlocked.MemoryBarrier();
        ulong durable = Host.Store.DurableRevision;
        bool failed = Host.Store.Failure != null;
        ulong last = 0;
        int kept = 0;
        for (int i = 0; i < _unsynced.Count; i++)
        {
            EpollConnection connection = _unsynced[i];
            if (connection.IsClosed)
            {
                continue;
            }

            if (connection.DurableAt > durable && !failed)
            {
                last = Math.Max(last, connection.DurableAt);
                _unsynced[kept++] = connection;
            }
            else
            {
                GoOn(connection, connection.DurableAt <= durable);
            }
        }

        // Those that went on may have written again: they stand behind the others.
        _unsynced.RemoveRange(kept, _unsynced.Count - kept);
        Volatile.Write(ref _waiting, _unsynced.Count);
        if (last > _asked)
        {
            _asked = last;
            Host.Store.RequestDurable(last);
        }
    }

    /// <summary>Sends what waited. After a failure nothing may be acknowledged: the client loses its connection instead.</summary>
    private void GoOn(EpollConnection connection, bool isDurable)
    {
        connection.WaitsForLog = false;
        connection.DurableAt = 0;
        if (!isDurable)
        {
            Close(connection);
            return;
        }

        if (connection.IsDeaf)
        {
            connection.IsDeaf = false;
            LinuxCalls.Control(_epoll, LinuxCalls.ControlAdd, connection.Descriptor, EpollEvents.Readable, (ulong)connection.Descriptor);
        }

        Resume(connection);
    }
}
