using System.Diagnostics;
using System.IO.Pipelines;
using AotKv.Server.Sessions;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Transport.Pipes;

/// <summary>
/// A session over any pair of pipes: bytes of the input pipe go in as they lie there, replies are written straight into the output
/// pipe and flushed once per read.
/// </summary>
internal sealed class PipesConnection : ISessionCarrier, IDisposable
{
    private const int MinSpanBytes = 2 * ServerLimits.MinReplyRoomBytes;

    private readonly ServerState _state;
    private readonly SessionHost _host;
    private readonly Session _session;
    private readonly IDuplexPipe _pipe;
    private readonly CancellationToken _stop;
    private readonly SocketName _local;
    private readonly int _id;
    private HeldInput _held;
    private int _wanted = MinSpanBytes; // room the next call of the session needs
    private long _borrowed; // taken from the budget for a large reply
    private long _unflushed;
    private long _lastRequestMs; // also read by whoever closes idle connections
    private volatile bool _waits; // for input, between requests
    private volatile bool _isIdle; // was found to be; its pending read was cancelled
    private ulong _durableAt; // the revision that must be on disk before the replies go; 0 none

    /// <param name="state">What all connections share.</param>
    /// <param name="pipe">Where bytes come from and go to.</param>
    /// <param name="id">The connection's number.</param>
    /// <param name="peer">The client's end.</param>
    /// <param name="local">The server's end.</param>
    /// <param name="stop">Set when the server stops; the pending read is then cancelled.</param>
    public PipesConnection(ServerState state, IDuplexPipe pipe, int id, SocketName peer, SocketName local, CancellationToken stop)
    {
        Peer = peer;
        _local = local;
        _stop = stop;
        _id = id;
        _state = state;
        _pipe = pipe;
        _host = new(state, keepBytes: 0);
        _session = new(_host, id) { Carrier = this };
        _lastRequestMs = _host.Clock.Milliseconds;
    }

    /// <inheritdoc/>
    public void Wake() => _pipe.Input.CancelPendingRead();

    /// <summary>Any thread: ends the connection when it waits for a request and has had none since a moment, milliseconds of the store's clock.</summary>
    public void CloseIfIdle(long sinceMs)
    {
        if (_waits && Volatile.Read(ref _lastRequestMs) < sinceMs)
        {
            _isIdle = true;
            _pipe.Input.CancelPendingRead();
        }
    }

    /// <summary>The client's end.</summary>
    public SocketName Peer { get; }

    /// <summary>Why the connection is over, when it is.</summary>
    public CloseReason CloseReason => _isIdle ? CloseReason.IdleTimeout : _session.CloseReason;

    /// <summary>What <c>stats conns</c> says of it. Any thread: what it says may be over.</summary>
    public ConnectionInfo Describe() => new(
        _id, Peer, _local, _session.StateName, (_host.Clock.Milliseconds - _session.LastRequestMilliseconds) / 1000);

    /// <summary>
    /// Serves until the client or the session ends the connection, or the server stops. A read that is cancelled before that means that the
    /// session has something to say without being asked.
    /// </summary>
    public async Task RunAsync()
    {
        // A handshake, which may have taken long, is no time without requests.
        Volatile.Write(ref _lastRequestMs, _host.Clock.Refresh() / 1000);
        while (true)
        {
            _waits = _session.IsBetweenRequests;
            ReadResult read = await _pipe.Input.ReadAsync().ConfigureAwait(false);
            _waits = false;
            long began = _state.Turns == null ? 0 : Stopwatch.GetTimestamp();
            _host.Clock.Refresh();
            bool goesOn = true;
            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                _host.Counters.Add(Counter.BytesRead, part.Length);
                _host.Counters.Add(Counter.Receives);
                goesOn = goesOn && await ServeAsync(part).ConfigureAwait(false);
            }

            if (read.IsCanceled && goesOn)
            {
                goesOn = await ServeAsync(ReadOnlyMemory<byte>.Empty).ConfigureAwait(false);
            }

            _pipe.Input.AdvanceTo(read.Buffer.End);
            goesOn = await FlushAsync().ConfigureAwait(false) && goesOn;
            if (!read.Buffer.IsEmpty)
            {
                _state.Turns?.AddShared(began);
            }

            if (!goesOn || read.IsCompleted || (read.IsCanceled && (_isIdle || _stop.IsCancellationRequested)))
            {
                if (_isIdle)
                {
                    _host.Counters.Add(Counter.IdleKicks);
                }

                return;
            }
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _held.Clear(_host.Pool);
        GiveBack();
        _host.Dispose();
    }

    /// <summary>Gives a part of the input to the session until it needs more; false to end the connection.</summary>
    private async ValueTask<bool> ServeAsync(ReadOnlyMemory<byte> part)
    {
        bool held = !_held.IsEmpty;
        if (held && !_held.TryAppend(_host.Pool, part.Span))
        {
            return Exhausted();
        }

        int position = 0;
        while (true)
        {
            SessionStatus status = held ? StepHeld() : Step(part.Span, ref position);
            if (status == SessionStatus.NeedInput)
            {
                return held || position == part.Length || _held.TryAppend(_host.Pool, part.Span[position..]) || Exhausted();
            }

            if (status == SessionStatus.Close)
            {
                return false;
            }

            if (_unflushed >= ServerLimits.ReplyBufferBytes && !await FlushAsync().ConfigureAwait(false))
            {
                return false;
            }
        }
    }

    private SessionStatus StepHeld()
    {
        int position = 0;
        SessionStatus status = Step(_held.Bytes, ref position);
        _held.Consume(_host.Pool, position);
        return status;
    }

    private SessionStatus Step(ReadOnlySpan<byte> input, ref int position)
    {
        ulong revision = _host.Store.LastRevision;
        _host.HasWritten = false;
        SessionResult result = _session.Process(input[position..], _pipe.Output.GetSpan(_wanted), int.MaxValue);
        if (_host.HasWritten && _state.HoldsReplies && _host.Store.LastRevision != revision)
        {
            _durableAt = _host.Store.LastRevision;
        }

        _pipe.Output.Advance(result.Written);
        _host.Counters.Add(Counter.BytesWritten, result.Written);
        _unflushed += result.Written;
        if (result.Consumed > 0)
        {
            Volatile.Write(ref _lastRequestMs, _host.Clock.Milliseconds);
        }

        position += result.Consumed;
        _wanted = Math.Max(result.RequiredReplyBytes, MinSpanBytes);
        if (_wanted > ServerLimits.ReplyBufferBytes)
        {
            Borrow();
        }

        return result.Status;
    }

    /// <summary>A large value takes memory from the common budget until it is sent.</summary>
    private void Borrow()
    {
        if (_state.Buffers.TryTake(_wanted))
        {
            _borrowed += _wanted;
            return;
        }

        _session.RefuseLargeReply();
        _wanted = MinSpanBytes;
    }

    private void GiveBack()
    {
        _state.Buffers.Give(_borrowed);
        _borrowed = 0;
    }

    private bool Exhausted()
    {
        _host.Counters.Add(Counter.ReadBufferExhausted);
        return false;
    }

    private async ValueTask<bool> FlushAsync()
    {
        if (_unflushed == 0)
        {
            return true;
        }

        _unflushed = 0;
        if (_durableAt != 0)
        {
            await _state.DurabilityGate.WaitAsync(_durableAt).ConfigureAwait(false);
            _durableAt = 0;
        }

        _host.Counters.Add(Counter.Sends);
        FlushResult result = await _pipe.Output.FlushAsync().ConfigureAwait(false);
        GiveBack();
        return !result.IsCompleted;
    }
}
