using AotKv.Protocol.Text;
using AotKv.Server.Watch;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// Accepting. Every loop waits for every listener, exclusively: the system wakes one that is idle, which accepts and gives the
/// connection to the loop that has the fewest.
/// </summary>
internal sealed partial class EpollLoop
{
    private void Listen()
    {
        foreach (int listener in _transport.Listeners)
        {
            LinuxCalls.Control(_epoll, LinuxCalls.ControlAdd, listener, EpollEvents.Readable | EpollEvents.OneWaiter, ListenerNumber + (uint)listener);
        }

        _listens = true;
    }

    private void StopListening()
    {
        if (_listens)
        {
            foreach (int listener in _transport.Listeners)
            {
                LinuxCalls.Control(_epoll, LinuxCalls.ControlDelete, listener, 0, 0);
            }

            _listens = false;
        }
    }

    private void Accept(int listener)
    {
        ConnectionLimit limit = Host.State.Connections;
        for (int i = 0; i < AcceptsPerEvent; i++)
        {
            // One too many is either told so, or it waits in the system's queue: then there must be room before it is taken from there.
            if (!_rejects && !limit.TryReserve())
            {
                PauseListening();
                return;
            }

            int descriptor = LinuxCalls.Accept(listener);
            if (descriptor >= 0)
            {
                Admit(descriptor);
                continue;
            }

            int error = LinuxCalls.LastError;
            if (!_rejects)
            {
                limit.Leave();
            }

            switch (error)
            {
                case LinuxCalls.ErrorInterrupted or LinuxCalls.ErrorConnectionAborted:
                    continue;
                case LinuxCalls.ErrorTooManyFiles or LinuxCalls.ErrorTableFull or LinuxCalls.ErrorNoBuffers or LinuxCalls.ErrorNoMemory:
                    PauseListening();
                    return;
                default:
                    return;
            }
        }
    }

    private void Admit(int descriptor)
    {
        ServerState state = Host.State;
        if (!Enter(state.Connections, _transport.Table.Fits(descriptor)))
        {
            if (state.Verbosity > 0)
            {
                state.Log.Line("Too many open connections");
            }

            LinuxCalls.Send(descriptor, TextReplies.TooManyConnections);
            LinuxCalls.FinishSending(descriptor);
            LinuxCalls.Close(descriptor);
            return;
        }

        if (state.Verbosity > 1)
        {
            state.Log.Traffic('<', descriptor, default, "new auto-negotiating client connection"u8);
        }

        if ((state.Observed & WatchStreams.ConnectionEvents) != 0)
        {
            ConnectionWatch.Opened(state, descriptor, SocketNames.Remote(descriptor));
        }

        _transport.Choose().Adopt(descriptor);
    }

    private bool Enter(ConnectionLimit limit, bool fits)
    {
        if (_rejects)
        {
            return fits && limit.TryEnter();
        }

        if (fits)
        {
            limit.Confirm();
        }
        else
        {
            limit.Leave();
        }

        return fits;
    }

    /// <summary>
    /// There are too many connections, or the system has no descriptor or memory for another one. The listener stays ready, so listening
    /// to it would spin: this loop leaves it alone for a moment.
    /// </summary>
    private void PauseListening()
    {
        StopListening();
        _pausedSinceMs = Environment.TickCount64;
        Host.State.Connections.Pause();
        if (Host.State.Verbosity > 0)
        {
            Host.State.Log.Line("Too many open connections");
        }
    }

    private void ResumeListening()
    {
        if (_pausedSinceMs != 0 && Environment.TickCount64 - _pausedSinceMs >= AcceptPauseMs && (_rejects || Host.State.Connections.HasRoom))
        {
            Host.State.Connections.Resume();
            _pausedSinceMs = 0;
            Listen();
        }
    }

    /// <summary>Closes a connection and forgets it. Its descriptor may be a new connection's at once, so it leaves the table first.</summary>
    private void Close(EpollConnection connection, CloseReason reason = CloseReason.Error)
    {
        connection.IsClosed = true;
        if ((Host.State.Observed & WatchStreams.ConnectionEvents) != 0)
        {
            ConnectionWatch.Closed(Host.State, connection.Descriptor, SocketNames.Remote(connection.Descriptor), reason);
        }

        connection.Session.Dispose();
        Host.Pool.Return(connection.Held);
        Host.Pool.Return(connection.Unsent);
        LetGo(connection);
        connection.Held = default;
        connection.Unsent = default;
        _transport.Table.Remove(connection);
        LinuxCalls.Close(connection.Descriptor);
        Interlocked.Decrement(ref _connections);
        Host.State.Connections.Leave();
        if (Host.State.Verbosity > 1)
        {
            Host.State.Log.Traffic('<', connection.Descriptor, default, "connection closed."u8);
        }
    }
}
