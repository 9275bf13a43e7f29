using System.Net.Sockets;
using System.Security.Authentication;
using AotKv.Protocol.Text;
using AotKv.Server.Transport.Tls;
using AotKv.Server.Watch;

namespace AotKv.Server.Transport.Pipes;

/// <summary>
/// The transport for every platform: the framework's sockets, each connection a session over a pair of pipes. Threads are the
/// framework's; a connection's session runs on one of them at a time.
/// </summary>
internal sealed class PipesTransport : ITransport
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(10);

    private readonly ServerState _state;
    private readonly ISocketPipes _pipes;
    private readonly TlsPipes? _tls;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<ISocketPipe, (Task Task, PipesConnection Connection)> _connections = []; // _lock
    private readonly HashSet<PipesConnection> _served = []; // _lock
    private readonly long _idleMs; // 0: never; unix sockets have none, as in memcached
    private IReadOnlyList<Listener> _listeners = [];
    private Task _accepting = Task.CompletedTask;

    /// <param name="state">What all connections share.</param>
    /// <param name="pipes">How plain connections become pipes.</param>
    /// <param name="tls">How those become pipes that are encrypted; null when there are none.</param>
    public PipesTransport(ServerState state, ISocketPipes pipes, TlsPipes? tls)
    {
        _state = state;
        _pipes = pipes;
        _tls = tls;
        _idleMs = state.Options.UnixSocketPath == null ? state.Options.IdleTimeoutSeconds * 1000L : 0;
    }

    public string Name => _pipes.Name;

    public int Loops => _state.Options.Threads;

    public IEnumerable<ConnectionInfo> Connections
    {
        get
        {
            foreach (Listener listener in _listeners)
            {
                yield return new((int)listener.Socket.Handle, SocketName.Of(listener.Socket.LocalEndPoint), null, "conn_listening", 0);
            }

            PipesConnection[] open;
            lock (_lock)
            {
                open = [.. _connections.Values.Select(entry => entry.Connection)];
            }

            foreach (PipesConnection connection in open)
            {
                yield return connection.Describe();
            }
        }
    }

    public void Start(IReadOnlyList<Listener> listeners)
    {
        _listeners = listeners;
        _accepting = Task.WhenAll([.. listeners.Select(AcceptAsync), CloseIdleAsync()]);
    }

    public void Stop(Action release)
    {
        _stop.Cancel();
        _accepting.Wait();
        release();
        (ISocketPipe Pipe, Task Task)[] open;
        lock (_lock)
        {
            open = [.. _connections.Select(entry => (entry.Key, entry.Value.Task))];
        }

        foreach ((ISocketPipe pipe, _) in open)
        {
            pipe.Input.CancelPendingRead();
        }

        Task all = Task.WhenAll(open.Select(entry => entry.Task));
        if (!all.Wait(_state.Options.StopDeadlineMs))
        {
            foreach ((ISocketPipe pipe, _) in open)
            {
                pipe.Abort();
            }

            all.Wait();
        }
    }

    public void Dispose()
    {
        if (!_stop.IsCancellationRequested)
        {
            Stop(() => { });
        }

        _stop.Dispose();
        _tls?.Dispose();
    }

    private async Task AcceptAsync(Listener listener)
    {
        while (true)
        {
            try
            {
                await AdmitAsync(listener, await listener.Socket.AcceptAsync(_stop.Token).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                _state.Connections.Pause();
                await Task.Delay(AcceptPause).ConfigureAwait(false);
                _state.Connections.Resume();
            }
            catch (SocketException)
            {
                // The client went away before it was accepted.
            }
        }
    }

    private async ValueTask AdmitAsync(Listener listener, Socket socket)
    {
        int id = (int)socket.Handle;
        if (!_state.Options.RejectsExcessConnections)
        {
            await WaitForRoomAsync(socket).ConfigureAwait(false);
        }
        else if (!_state.Connections.TryEnter())
        {
            _ = RejectAsync(socket);
            return;
        }

        try
        {
            Begin(listener, socket, id);
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The client reset the connection meanwhile, so the system says nothing of it and sets nothing on it.
            socket.Dispose();
            _state.Connections.Leave();
        }
    }

    /// <summary>Serves a connection that was counted.</summary>
    private void Begin(Listener listener, Socket socket, int id)
    {
        if (_state.Verbosity > 1)
        {
            _state.Log.Traffic('<', id, default, "new auto-negotiating client connection"u8);
        }

        SocketName peer = SocketName.Of(socket.RemoteEndPoint);
        SocketName local = SocketName.Of(socket.LocalEndPoint);
        if ((_state.Observed & WatchStreams.ConnectionEvents) != 0)
        {
            ConnectionWatch.Opened(_state, id, peer);
        }

        ISocketPipe pipe = _tls != null && listener.IsSecured ? _tls.Open(socket, listener.Security) : _pipes.Open(socket);
        PipesConnection connection = new(_state, pipe, id, peer, local, _stop.Token);
        lock (_lock)
        {
            // The task removes itself from the table, which it cannot before this lock is left.
            _connections.Add(pipe, (Task.Run(() => ServeAsync(pipe, connection, id)), connection));
        }
    }

    /// <summary>Holds a connection that is one too many, and with it those behind it, until there is room for it.</summary>
    private async ValueTask WaitForRoomAsync(Socket socket)
    {
        if (!_state.Connections.TryReserve())
        {
            _state.Connections.Pause();
            try
            {
                do
                {
                    await Task.Delay(AcceptPause, _stop.Token).ConfigureAwait(false);
                }
                while (!_state.Connections.TryReserve());
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw;
            }
            finally
            {
                _state.Connections.Resume();
            }
        }

        _state.Connections.Confirm();
    }

    /// <summary>Once a second, connections that have had no request for too long are closed.</summary>
    private async Task CloseIdleAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        try
        {
            while (_idleMs != 0 && await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                long now = _state.Store.Clock.Refresh() / 1000;
                lock (_lock)
                {
                    foreach (PipesConnection connection in _served)
                    {
                        connection.CloseIfIdle(now - _idleMs);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task ServeAsync(ISocketPipe pipe, PipesConnection connection, int id)
    {
        using (connection)
        {
            lock (_lock)
            {
                _served.Add(connection);
            }

            try
            {
                if (await pipe.OpenAsync(_stop.Token).ConfigureAwait(false))
                {
                    await connection.RunAsync().ConfigureAwait(false);
                    await pipe.CloseAsync().ConfigureAwait(false);
                }
                else
                {
                    pipe.Abort();
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException or InvalidOperationException or AuthenticationException)
            {
                // The connection broke while it was written to or closed: it is over either way.
                pipe.NoteFailure(exception);
                pipe.Abort();
            }
            finally
            {
                (pipe as IDisposable)?.Dispose();
            }

            lock (_lock)
            {
                _served.Remove(connection);
            }
        }

        if ((_state.Observed & WatchStreams.ConnectionEvents) != 0)
        {
            ConnectionWatch.Closed(_state, id, connection.Peer, _stop.IsCancellationRequested ? CloseReason.Shutdown : connection.CloseReason);
        }

        _state.Connections.Leave();
        if (_state.Verbosity > 1)
        {
            _state.Log.Traffic('<', id, default, "connection closed."u8);
        }

        lock (_lock)
        {
            _connections.Remove(pipe);
        }
    }

    private async Task RejectAsync(Socket socket)
    {
        if (_state.Verbosity > 0)
        {
            _state.Log.Line("Too many open connections");
        }

        using (socket)
        {
            try
            {
                // As memcached does, without TLS on every port: to shake hands would cost more than to serve.
                await socket.SendAsync(TextReplies.TooManyConnections.ToArray()).ConfigureAwait(false);
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // It did not wait for the answer.
            }
        }
    }
}
