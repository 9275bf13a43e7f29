using System.Collections.Concurrent;
using AotKv.Engine;
using AotKv.Server.Buffers;
using AotKv.Server.Observe;
using AotKv.Server.Sessions;
using AotKv.Server.Watch;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// One thread with one epoll descriptor and the connections assigned to it. Level-triggered: what is not taken now is reported
/// again, so one receive per event is enough. It has no timers but for idle connections; an idle loop sleeps in epoll_wait for ever.
/// </summary>
internal sealed partial class EpollLoop : IDisposable, IDurabilityListener
{
    private const int EventsPerTurn = 256;
    private const int ArrivalsTogether = 8;

    // Read buffers lie this far apart, not at a power of two, so that their first lines do not compete for one place in the cache.
    private const int ReadStrideBytes = ServerLimits.ReadBufferBytes + 4096 + 512;
    private const int AcceptsPerEvent = 16;
    private const int AcceptPauseMs = 10;
    private const int MaxFailedWaits = 1000;
    private const int StackBytes = 512 << 10;
    private const int KeepBytesPerSize = 256 << 10;

    // Numbers registered with epoll: a descriptor, or one of these with the listener's descriptor.
    private const ulong WakeNumber = 1UL << 32;
    private const ulong ListenerNumber = 2UL << 32;

    private readonly EpollTransport _transport;
    private readonly EpollEvents _events = new(EventsPerTurn);
    private readonly Queue<EpollConnection> _queue = new();
    private readonly ConcurrentQueue<EpollConnection> _woken = new();
    private readonly Thread _thread;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly NativeBlock _read;
    private readonly Arrival[] _arrivals = new Arrival[ArrivalsTogether];
    private NativeBlock _reply;
    private int _arrived;
    private int _connections; // any thread adds, the loop subtracts
    private bool _othersReady;
    private readonly bool _rejects;
    private readonly TurnMeter? _meter;
    private readonly bool _takesShortTurns; // -R below the default is kept to even when nobody waits
    private bool _listens;
    private long _pausedSinceMs;
    private volatile bool _stopping;

    public EpollLoop(EpollTransport transport, ServerState state, int index)
    {
        _transport = transport;
        Host = new(state, KeepBytesPerSize);
        _read = NativeBlock.TryAllocate(ArrivalsTogether * ReadStrideBytes);
        _reply = NativeBlock.TryAllocate(ServerLimits.ReplyBufferBytes);
        _epoll = LinuxCalls.CreateEpoll();
        _wake = LinuxCalls.CreateEvent();
        if (_read.IsEmpty || _reply.IsEmpty || _epoll < 0 || _wake < 0
            || !LinuxCalls.Control(_epoll, LinuxCalls.ControlAdd, _wake, EpollEvents.Readable, WakeNumber))
        {
            throw new ListenException("the system has no memory or descriptors for an event loop; use fewer threads (-t)");
        }

        _meter = state.Turns?.Create(index, Host.Counters);
        _holdsReplies = state.HoldsReplies;
        if (!_holdsReplies)
        {
            Host.Lent.Offer();
        }

        _takesShortTurns = state.Options.RequestsPerEvent < ServerOptions.DefaultRequestsPerEvent;
        _rejects = state.Options.RejectsExcessConnections;
        _idleMs = state.Options.UnixSocketPath == null ? state.Options.IdleTimeoutSeconds * 1000L : 0;
        if (_holdsReplies)
        {
            state.Store.AddDurabilityListener(this);
        }

        _thread = new(Run, StackBytes) { IsBackground = true, Name = $"loop {index}" };
    }

    public SessionHost Host { get; }

    /// <summary>Connections this loop has now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Start() => _thread.Start();

    /// <summary>Any thread: counts a connection that the loop is about to be given.</summary>
    public void Expect() => Interlocked.Increment(ref _connections);

    /// <summary>Any thread: gives the loop a new connection, which it expects. The loop may serve, and close, it before this returns.</summary>
    public void Adopt(int descriptor)
    {
        EpollConnection connection = new(this, descriptor);
        _transport.Table.Put(connection);
        if (!LinuxCalls.Control(_epoll, LinuxCalls.ControlAdd, descriptor, EpollEvents.Readable, (ulong)descriptor))
        {
            Close(connection);
        }
    }

    /// <summary>Any thread: ends the loop after what is in flight has been answered.</summary>
    public void RequestStop()
    {
        _stopping = true;
        LinuxCalls.Raise(_wake);
    }

    /// <summary>
    /// Waits for the end of the loop, and closes what another loop, which accepted until it stopped itself, gave it after that.
    /// </summary>
    public void Join()
    {
        _thread.Join();
        CloseAll();
    }

    public void Dispose()
    {
        LinuxCalls.Close(_wake);
        LinuxCalls.Close(_epoll);
        _read.Free();
        _reply.Free();
        _events.Dispose();
        Host.Dispose();
    }

    private void Run()
    {
        int failures = 0;
        Listen();
        while (!_stopping)
        {
            int count = _events.Wait(_epoll, Timeout());
            if (count < 0)
            {
                // Only a signal can interrupt the wait; anything else is a broken loop, which must not spin for ever.
                if (++failures > MaxFailedWaits)
                {
                    Environment.FailFast("epoll_wait keeps failing");
                }

                continue;
            }

            failures = 0;
            _meter?.Begin();
            Host.Clock.Refresh();
            _othersReady = count > 1 || _queue.Count > 0;
            for (int i = 0; i < count; i++)
            {
                Dispatch(_events.Get(i, out _));
            }

            ServeArrivals();
            bool goesOn = _queue.Count > 0 || _unsynced.Count > 0;
            ServeQueue();
            ServeDurable();
            _meter?.End(goesOn);
            ResumeListening();
            if (_idleMs != 0)
            {
                CloseIdle();
            }
        }

        Drain();
    }

    private int Timeout() => _queue.Count > 0 ? 0 : _pausedSinceMs != 0 ? AcceptPauseMs : _idleMs != 0 ? UntilSweep() : -1;

    private void Dispatch(ulong number)
    {
        if (number < WakeNumber)
        {
            EpollConnection? connection = _transport.Table.Find((int)number);
            if (connection != null && connection.Loop == this && !connection.IsQueued)
            {
                Arrive(connection);
            }
        }
        else if (number == WakeNumber)
        {
            LinuxCalls.Clear(_wake);
            ServeWoken();
        }
        else
        {
            Accept((int)(number - ListenerNumber));
        }
    }

    /// <summary>Any thread: a connection's session is to be called though nothing was received.</summary>
    public void Wake(EpollConnection connection)
    {
        _woken.Enqueue(connection);
        LinuxCalls.Raise(_wake);
    }

    /// <summary>Watchers for which there are lines; one that waits for room, or for its turn, takes them when that is over.</summary>
    private void ServeWoken()
    {
        for (int i = _woken.Count; i > 0 && _woken.TryDequeue(out EpollConnection? connection); i--)
        {
            if (connection is { IsClosed: false, IsQueued: false, WaitsForRoom: false, WaitsForLog: false })
            {
                ServeHeld(connection);
            }
        }
    }

    /// <summary>Connections that gave way get their next turn, once each.</summary>
    private void ServeQueue()
    {
        for (int i = _queue.Count; i > 0; i--)
        {
            EpollConnection connection = _queue.Dequeue();
            connection.IsQueued = false;
            if (!connection.IsClosed)
            {
                _othersReady = i > 1 || _queue.Count > 0;
                ServeHeld(connection);
            }
        }
    }

    /// <summary>
    /// Answers what has arrived, and sends what is owed, for connections of clients that read, until the deadline; then closes all.
    /// </summary>
    private void Drain()
    {
        StopListening();
        LinuxCalls.Clear(_wake);
        _transport.ListenersReleased.Signal();
        long deadline = Environment.TickCount64 + Host.State.Options.StopDeadlineMs;
        foreach (EpollConnection connection in _transport.Table.Of(this))
        {
            ReceiveRest(connection);
        }

        ServeDurable();
        while (IsOwing())
        {
            int left = (int)(deadline - Environment.TickCount64);
            int count = left > 0 ? _events.Wait(_epoll, _queue.Count > 0 ? 0 : left) : -1;
            if (left <= 0)
            {
                break;
            }

            for (int i = 0; i < count; i++)
            {
                ulong number = _events.Get(i, out _);
                if (number == WakeNumber)
                {
                    LinuxCalls.Clear(_wake);
                }
                else if (number < WakeNumber && _transport.Table.Find((int)number) is { WaitsForRoom: true } connection && connection.Loop == this)
                {
                    Resume(connection);
                }
            }

            ServeQueue();
            ServeDurable();
        }

        CloseAll();
    }

    private void CloseAll()
    {
        foreach (EpollConnection connection in _transport.Table.Of(this))
        {
            LinuxCalls.FinishSending(connection.Descriptor);
            Close(connection, CloseReason.Shutdown);
        }
    }

    private bool IsOwing()
    {
        foreach (EpollConnection connection in _transport.Table.Of(this))
        {
            if (connection.WaitsForRoom || connection.WaitsForLog || connection.IsQueued)
            {
                return true;
            }
        }

        return false;
    }
}
