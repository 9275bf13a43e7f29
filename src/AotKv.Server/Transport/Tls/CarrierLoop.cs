using System.Net.Sockets;
using AotKv.Server.Transport.Native;

namespace AotKv.Server.Transport.Tls;

/// <summary>
/// Linux: a thread that waits for the sockets of connections with TLS, and goes on with each one, from decryption over the session to
/// encryption, where it stopped. Handshakes and what follows a wait for the log run on the framework's threads; a connection is never
/// worked on by two at once. Edge-triggered: a connection costs one wait, one receive and one send for a request.
/// </summary>
internal sealed class CarrierLoop : IDisposable
{
    private const int EventsPerTurn = 256;
    private const int MaxFailedWaits = 1000;
    private const int StackBytes = 1 << 20;
    private const ulong WakeNumber = ulong.MaxValue;
    private const uint Watched = EpollEvents.Readable | EpollEvents.Writable | EpollEvents.PeerClosed | EpollEvents.OnChange;

    private readonly EpollEvents _events = new(EventsPerTurn);
    private readonly int _epoll;
    private readonly int _wake;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly Stack<int> _freeSlots = new(); // _lock
    private Slot[] _slots = new Slot[64]; // replaced and written under _lock; the thread reads
    private Queue<LoopCarrier> _later = new(); // _lock
    private Queue<LoopCarrier> _turn = new(); // the thread's
    private int _usedSlots; // _lock
    private int _connections; // _lock
    private volatile bool _stopping;

    /// <exception cref="ListenException">The system has no descriptors for it.</exception>
    public CarrierLoop(int index)
    {
        _epoll = LinuxCalls.CreateEpoll();
        _wake = LinuxCalls.CreateEvent();
        if (_epoll < 0 || _wake < 0 || !LinuxCalls.Control(_epoll, LinuxCalls.ControlAdd, _wake, EpollEvents.Readable, WakeNumber))
        {
            throw new ListenException("the system has no descriptors for an event loop; use fewer threads (-t)");
        }

        _thread = new(Run, StackBytes) { IsBackground = true, Name = $"tls {index}" };
        _thread.Start();
    }

    /// <summary>Connections now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Takes a connected socket over.</summary>
    public LoopCarrier Add(Socket socket)
    {
        socket.Blocking = false;
        lock (_lock)
        {
            if (!_freeSlots.TryPop(out int slot))
            {
                slot = _usedSlots++;
                if (slot == _slots.Length)
                {
                    Slot[] larger = new Slot[2 * slot];
                    _slots.CopyTo(larger, 0);
                    Volatile.Write(ref _slots, larger);
                }
            }

            LoopCarrier carrier = new(this, socket, slot);
            _slots[slot].Carrier = carrier;
            _connections++;
            LinuxCalls.Control(_epoll, LinuxCalls.ControlAdd, carrier.Descriptor, Watched, ((ulong)_slots[slot].Generation << 32) | (uint)slot);
            return carrier;
        }
    }

    /// <summary>Forgets a connection, whose descriptor is still open.</summary>
    public void Remove(LoopCarrier carrier)
    {
        lock (_lock)
        {
            LinuxCalls.Control(_epoll, LinuxCalls.ControlDelete, carrier.Descriptor, 0, 0);
            ref Slot slot = ref _slots[carrier.Slot];
            slot.Carrier = null;

            // What was reported of this connection and not looked at yet is not taken for the next one's.
            slot.Generation = (slot.Generation + 1) & int.MaxValue;
            _freeSlots.Push(carrier.Slot);
            _connections--;
        }
    }

    /// <summary>Goes on with a connection that can be read when others have had their turn.</summary>
    public void GoOnLater(LoopCarrier carrier)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _later.Count == 0;
            _later.Enqueue(carrier);
        }

        if (isFirst && Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            LinuxCalls.Raise(_wake);
        }
    }

    /// <summary>Ends the thread; there are no connections any more.</summary>
    public void Dispose()
    {
        _stopping = true;
        LinuxCalls.Raise(_wake);
        _thread.Join();
        LinuxCalls.Close(_wake);
        LinuxCalls.Close(_epoll);
        _events.Dispose();
    }

    private void Run()
    {
        int failures = 0;
        while (!_stopping)
        {
            int count = _events.Wait(_epoll, HasLater() ? 0 : -1);
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
            for (int i = 0; i < count; i++)
            {
                Dispatch(_events.Get(i, out uint events), events);
            }

            ServeLater();
        }
    }

    private void Dispatch(ulong number, uint events)
    {
        if (number == WakeNumber)
        {
            LinuxCalls.Clear(_wake);
            return;
        }

        LoopCarrier? carrier;
        lock (_lock)
        {
            ref Slot slot = ref _slots[(int)(uint)number];
            carrier = slot.Generation == (int)(number >> 32) ? slot.Carrier : null;
        }

        carrier?.Happened(events);
    }

    private bool HasLater()
    {
        lock (_lock)
        {
            return _later.Count > 0;
        }
    }

    private void ServeLater()
    {
        lock (_lock)
        {
            if (_later.Count == 0)
            {
                return;
            }

            (_later, _turn) = (_turn, _later);
        }

        while (_turn.TryDequeue(out LoopCarrier? carrier))
        {
            carrier.Happened(0);
        }
    }

    private struct Slot
    {
        public LoopCarrier? Carrier;
        public int Generation;
    }
}
