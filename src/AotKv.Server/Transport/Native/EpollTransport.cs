namespace AotKv.Server.Transport.Native;

/// <summary>The native transport of Linux: as many epoll loops as there are threads, each with its own connections.</summary>
internal sealed class EpollTransport : ITransport
{
    private readonly EpollLoop[] _loops;
    private readonly Lock _choosing = new();
    private uint _next; // _choosing
    private bool _started;

    public EpollTransport(ServerState state)
    {
        Table = new();
        _loops = new EpollLoop[state.Options.Threads];
        for (int i = 0; i < _loops.Length; i++)
        {
            _loops[i] = new(this, state, i);
        }

        ListenersReleased = new(_loops.Length);
    }

    public string Name => "epoll";

    public int Loops => _loops.Length;

    public ConnectionTable Table { get; }

    /// <summary>How many connections each loop has.</summary>
    public IEnumerable<int> ConnectionsPerLoop => _loops.Select(loop => loop.Connections);

    /// <summary>Descriptors of the listeners.</summary>
    public int[] Listeners { get; private set; } = [];

    public IEnumerable<ConnectionInfo> Connections
    {
        get
        {
            foreach (int listener in Listeners)
            {
                yield return new(listener, SocketNames.Local(listener), null, "conn_listening", 0);
            }

            long now = _loops[0].Host.Clock.Milliseconds;
            foreach (EpollConnection connection in Table.All)
            {
                yield return connection.Describe(now);
            }
        }
    }

    /// <summary>Every loop signals it once when it stops and has let go of the listeners.</summary>
    public CountdownEvent ListenersReleased { get; }

    public void Start(IReadOnlyList<Listener> listeners)
    {
        Listeners = [.. listeners.Select(listener => (int)listener.Socket.Handle)];
        _started = true;
        foreach (EpollLoop loop in _loops)
        {
            loop.Start();
        }
    }

    /// <summary>
    /// Any loop: the one with the fewest connections, in turn among equals, which counts one more from now on. Loops that accept at the same
    /// time choose one after the other: otherwise they would all choose the same one.
    /// </summary>
    public EpollLoop Choose()
    {
        lock (_choosing)
        {
            uint start = _next++;
            EpollLoop best = _loops[start % (uint)_loops.Length];
            for (uint i = 1; i < _loops.Length; i++)
            {
                EpollLoop loop = _loops[(start + i) % (uint)_loops.Length];
                if (loop.Connections < best.Connections)
                {
                    best = loop;
                }
            }

            best.Expect();
            return best;
        }
    }

    public void Stop(Action release)
    {
        foreach (EpollLoop loop in _loops)
        {
            loop.RequestStop();
        }

        ListenersReleased.Wait();
        release();
        foreach (EpollLoop loop in _loops)
        {
            loop.Join();
        }

        _started = false;
    }

    public void Dispose()
    {
        if (_started)
        {
            Stop(() => { });
        }

        foreach (EpollLoop loop in _loops)
        {
            loop?.Dispose();
        }

        ListenersReleased.Dispose();
    }
}
