using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using AotKv.Server.Transport.Native;

namespace AotKv.Server.Transport.Tls;

/// <summary>
/// Carries encrypted bytes of a connection that a <see cref="CarrierLoop"/> waits for. Reads and writes are tried at once; one that must
/// wait is completed by the loop's thread, which goes on with the connection there and then. Nothing is allocated by either.
/// </summary>
internal sealed class LoopCarrier : TlsCarrier, IValueTaskSource<int>
{
    /// <summary>Reads that fill the buffer, one behind the other, until others have their turn.</summary>
    private const int ReadsPerTurn = 8;

    private const int WouldBlock = -1;
    private const int Broken = -2;

    private readonly Lock _lock = new();
    private readonly CarrierLoop _loop;
    private readonly Socket _socket;
    private readonly RoomSource _room = new();
    private ManualResetValueTaskSourceCore<int> _read;
    private CancellationTokenRegistration _cancelRead;
    private Memory<byte> _readTo; // _lock
    private ReadOnlyMemory<byte> _writeFrom; // _lock
    private bool _isReading; // _lock: a read waits
    private bool _isWriting; // _lock: a write waits
    private bool _mayRead = true; // _lock: there may be something to receive
    private bool _hasEnded; // _lock: the end is, or will be, behind what can be received
    private bool _isClosed; // _lock
    private int _reads; // _lock: since the loop was here

    public LoopCarrier(CarrierLoop loop, Socket socket, int slot)
    {
        _loop = loop;
        _socket = socket;
        Slot = slot;
        Descriptor = (int)socket.Handle;
    }

    /// <summary>Where it stands in the loop's table.</summary>
    public int Slot { get; }

    public int Descriptor { get; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        short version;
        lock (_lock)
        {
            bool hasTurn = _mayRead && _reads < ReadsPerTurn;
            if (hasTurn && TryRead(buffer.Span) is not WouldBlock and var count)
            {
                _reads++;
                return count != Broken ? new(count) : ValueTask.FromException<int>(Failure());
            }

            _read.Reset();
            _read.RunContinuationsAsynchronously = IsHandshaking;
            version = _read.Version;
            _readTo = buffer;
            _isReading = true;
            if (_mayRead)
            {
                _loop.GoOnLater(this);
            }
        }

        if (cancellationToken.CanBeCanceled)
        {
            _cancelRead = cancellationToken.UnsafeRegister(static (carrier, token) => ((LoopCarrier)carrier!).CancelRead(token), this);
        }

        return new(this, version);
    }

    /// <summary>The loop's thread: something happened, or it is this connection's turn again.</summary>
    /// <param name="events">What happened; 0 nothing.</param>
    public void Happened(uint events)
    {
        int received = WouldBlock;
        bool isWritten = false;
        bool isBroken = false;
        lock (_lock)
        {
            _reads = 0;
            _mayRead |= (events & (EpollEvents.Readable | EpollEvents.PeerClosed | EpollEvents.Failed)) != 0;
            _hasEnded |= (events & (EpollEvents.PeerClosed | EpollEvents.Failed)) != 0;
            if (_isWriting && events != 0)
            {
                isBroken = !TryWrite(ref _writeFrom);
                isWritten = isBroken || _writeFrom.IsEmpty;
                _isWriting = !isWritten;
            }

            if (_isReading && _mayRead)
            {
                received = TryRead(_readTo.Span);
                _isReading = received == WouldBlock;
                _readTo = _isReading ? _readTo : default;
            }
        }

        if (isWritten)
        {
            _room.Complete(isBroken ? Failure() : null);
        }

        if (received == Broken)
        {
            _read.SetException(Failure());
        }
        else if (received != WouldBlock)
        {
            _read.SetResult(received);
        }
    }

    public int GetResult(short token)
    {
        // Behind this no cancellation of this read is under way that could hit the next one.
        _cancelRead.Dispose();
        _cancelRead = default;
        return _read.GetResult(token);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _read.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    protected override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!TryWrite(ref bytes))
            {
                return ValueTask.FromException(Failure());
            }

            if (bytes.IsEmpty)
            {
                return ValueTask.CompletedTask;
            }

            _writeFrom = bytes;
            _isWriting = true;
            return _room.Begin(this, IsHandshaking, cancellationToken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        bool wasReading;
        bool wasWriting;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            wasReading = _isReading;
            wasWriting = _isWriting;
            _isReading = _isWriting = false;
            _loop.Remove(this);
            _socket.Dispose();
        }

        // Not on this thread: whoever closes may hold locks.
        if (wasReading)
        {
            _read.RunContinuationsAsynchronously = true;
            _read.SetException(Failure());
        }

        if (wasWriting)
        {
            _room.CompleteElsewhere(Failure());
        }

        base.Dispose(disposing);
    }

    private void CancelRead(CancellationToken token)
    {
        lock (_lock)
        {
            if (!_isReading)
            {
                return;
            }

            _isReading = false;
            _readTo = default;
        }

        // Not on this thread: whoever cancels may hold locks.
        _read.RunContinuationsAsynchronously = true;
        _read.SetException(new OperationCanceledException(token));
    }

    private void CancelWrite(CancellationToken token)
    {
        lock (_lock)
        {
            if (!_isWriting)
            {
                return;
            }

            _isWriting = false;
            _writeFrom = default;
        }

        _room.CompleteElsewhere(new OperationCanceledException(token));
    }

    /// <summary>Bytes received, 0 at the end and for a buffer of no bytes when there may be something; or that it must wait, or cannot.</summary>
    private int TryRead(Span<byte> buffer)
    {
        if (_isClosed)
        {
            return Broken;
        }

        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            int count = LinuxCalls.Receive(Descriptor, buffer);
            if (count >= 0)
            {
                // Less than there was room for is all there was; what comes later is reported again. Only an end that was reported
                // already is not.
                _mayRead = count == buffer.Length || _hasEnded;
                return count;
            }

            switch (LinuxCalls.LastError)
            {
                case LinuxCalls.ErrorInterrupted:
                    continue;
                case LinuxCalls.ErrorTryAgain:
                    _mayRead = false;
                    return WouldBlock;
                default:
                    return Broken;
            }
        }
    }

    /// <summary>Sends what the system takes, and leaves the rest; false when the connection is broken.</summary>
    private bool TryWrite(ref ReadOnlyMemory<byte> bytes)
    {
        while (!_isClosed && bytes.Length > 0)
        {
            int count = LinuxCalls.Send(Descriptor, bytes.Span);
            if (count >= 0)
            {
                bytes = bytes[count..];
                continue;
            }

            switch (LinuxCalls.LastError)
            {
                case LinuxCalls.ErrorInterrupted:
                    continue;
                case LinuxCalls.ErrorTryAgain:
                    return true;
                default:
                    return false;
            }
        }

        return !_isClosed;
    }

    private static IOException Failure() => new("the connection is broken", new SocketException((int)SocketError.ConnectionReset));

    /// <summary>The wait of a write for room.</summary>
    private sealed class RoomSource : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _core;
        private CancellationTokenRegistration _cancel;

        public ValueTask Begin(LoopCarrier carrier, bool elsewhere, CancellationToken cancellationToken)
        {
            _core.Reset();
            _core.RunContinuationsAsynchronously = elsewhere;
            if (cancellationToken.CanBeCanceled)
            {
                _cancel = cancellationToken.UnsafeRegister(static (owner, token) => ((LoopCarrier)owner!).CancelWrite(token), carrier);
            }

            return new(this, _core.Version);
        }

        public void Complete(Exception? failure)
        {
            if (failure == null)
            {
                _core.SetResult(true);
            }
            else
            {
                _core.SetException(failure);
            }
        }

        public void CompleteElsewhere(Exception failure)
        {
            _core.RunContinuationsAsynchronously = true;
            _core.SetException(failure);
        }

        public void GetResult(short token)
        {
            _cancel.Dispose();
            _cancel = default;
            _core.GetResult(token);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
