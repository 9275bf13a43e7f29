using System.Net;
using System.Net.Sockets;
using AotKv.Protocol.Udp;
using AotKv.Server.Sessions;
using AotKv.Server.Stats;

namespace AotKv.Server.Transport.Udp;

/// <summary>
/// Serves one UDP socket. Each datagram is a conversation of its own: its requests are executed by a new session, and their replies
/// are one message, which is sent when all are known, in as many datagrams as it takes. What is incomplete at the end of a datagram is
/// dropped, as is everything that is not framed as memcached frames it: with UDP nobody waits for an answer to nonsense.
/// </summary>
/// <remarks>
/// Memory is bounded: one datagram at a time, and a message of at most <see cref="MaxReplyBytes"/> out of the budget of all
/// connections. A message that would be longer is replaced by an error.
/// </remarks>
internal sealed class UdpServer : IDisposable
{
    /// <summary>What the frame can count: 65,535 datagrams.</summary>
    public const int MaxReplyBytes = ushort.MaxValue * UdpFrame.MaxPayloadLength;

    private const int FirstReplyBytes = ServerLimits.ReplyBufferBytes;
    private const int FailurePauseMs = 10;
    private const int ManyFailures = 100;

    private readonly ServerState _state;
    private readonly Socket _socket;
    private readonly int _id;
    private readonly SessionHost _host;
    private readonly byte[] _datagram = new byte[UdpFrame.MaxRequestLength];
    private readonly byte[] _packet = new byte[UdpFrame.HeaderLength + UdpFrame.MaxPayloadLength];
    private readonly SocketAddress _client;
    private UdpReply _reply;
    private ulong _durableAt; // the revision that must be on disk before the reply goes; 0 none

    public UdpServer(ServerState state, Socket socket)
    {
        _state = state;
        _socket = socket;
        _id = (int)socket.Handle;
        _host = new(state, keepBytes: FirstReplyBytes);
        _client = new(socket.AddressFamily);
    }

    /// <summary>Serves until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        int failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                int length = await _socket.ReceiveFromAsync(_datagram, SocketFlags.None, _client, stop).ConfigureAwait(false);
                _host.Counters.Add(Counter.BytesRead, length);
                _host.Counters.Add(Counter.Receives);
                if (UdpFrame.TryRead(_datagram.AsSpan(0, length), out ushort request))
                {
                    await AnswerAsync(request, length, stop).ConfigureAwait(false);
                }

                failures = 0;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client is gone (Windows tells it the next receive), or the system is short of memory: UDP loses datagrams.
                if (++failures > ManyFailures)
                {
                    await Task.Delay(FailurePauseMs, CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (IOException)
            {
                // The log cannot be written any more: nothing is acknowledged.
            }
        }
    }

    public void Dispose()
    {
        _reply.Clear(_host.Pool);
        _host.Dispose();
    }

    private async ValueTask AnswerAsync(ushort request, int length, CancellationToken stop)
    {
        _host.Clock.Refresh();
        try
        {
            Execute(_datagram.AsSpan(UdpFrame.HeaderLength, length - UdpFrame.HeaderLength));
            if (_durableAt != 0)
            {
                ulong revision = _durableAt;
                _durableAt = 0;
                await _state.DurabilityGate.WaitAsync(revision).ConfigureAwait(false);
            }

            int count = UdpFrame.CountOf(_reply.Length);
            for (int i = 0; i < count; i++)
            {
                int bytes = UdpFrame.HeaderLength + _reply.CopyTo(i * UdpFrame.MaxPayloadLength, _packet.AsSpan(UdpFrame.HeaderLength));
                UdpFrame.Write(_packet, request, (ushort)i, (ushort)count);
                await _socket.SendToAsync(_packet.AsMemory(0, bytes), SocketFlags.None, _client, stop).ConfigureAwait(false);
                _host.Counters.Add(Counter.BytesWritten, bytes);
                _host.Counters.Add(Counter.Sends);
            }
        }
        finally
        {
            _reply.Clear(_host.Pool);
        }
    }

    /// <summary>Executes all requests of a datagram.</summary>
    private void Execute(ReadOnlySpan<byte> input)
    {
        ulong revision = _host.Store.LastRevision;
        _host.HasWritten = false;
        using (Session session = new(_host, _id))
        {
            bool fits = _reply.TryBegin(_host.Pool, FirstReplyBytes);
            while (fits)
            {
                SessionResult result = session.Process(input, _reply.Free, int.MaxValue);
                _reply.Advance(result.Written);
                input = input[result.Consumed..];
                if (result.Status is SessionStatus.NeedInput or SessionStatus.Close)
                {
                    break;
                }

                fits = result.Status != SessionStatus.ReplyFull
                    || _reply.TryGrow(_host.Pool, Math.Max(result.RequiredReplyBytes, FirstReplyBytes), MaxReplyBytes);
            }

            if (!fits)
            {
                _host.Counters.Add(Counter.ReplyBufferExhausted);
                _reply.Replace("SERVER_ERROR out of memory writing get response\r\n"u8);
            }
        }

        if (_host.HasWritten && _state.HoldsReplies && _host.Store.LastRevision != revision)
        {
            _durableAt = _host.Store.LastRevision;
        }
    }
}
