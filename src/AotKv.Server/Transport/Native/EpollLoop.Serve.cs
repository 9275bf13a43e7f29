using System.Diagnostics;
using AotKv.Server.Buffers;
using AotKv.Server.Sessions;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// Receiving, answering and sending. Input and replies live in the loop's two shared buffers; what outlasts a turn moves to blocks
/// of the connection (an unfinished request, replies a client does not take), and back when it goes on.
/// </summary>
internal sealed partial class EpollLoop
{
    private const int ReceivesWhenStopping = 64;

    /// <summary>A read buffer of the loop: one for each of the connections that are looked up together.</summary>
    private NativeBlock ReadBuffer(int index) => _read.Part(index * ReadStrideBytes, ServerLimits.ReadBufferBytes);

    /// <summary>
    /// Something happened on a connection: it can be read, or, when it waits for room, written. What is read is answered together with
    /// what arrives on the next connections.
    /// </summary>
    private void Arrive(EpollConnection connection)
    {
        if (connection.WaitsForRoom)
        {
            Resume(connection);
            return;
        }

        if (connection.WaitsForLog)
        {
            Deafen(connection);
            return;
        }

        if (ReceiveDirect(connection, out _))
        {
            _meter?.Sent(1);
            return;
        }

        NativeBlock source = ReceiveBehindHeld(connection, ReadBuffer(_arrived), out int length, out _);
        if (length > 0)
        {
            ref Arrival arrival = ref _arrivals[_arrived++];
            arrival.Connection = connection;
            arrival.Source = source;
            arrival.Length = length;
            arrival.Hash = _othersReady ? connection.Session.Announce(source.Slice(0, length)) : 0;
            if (_arrived == _arrivals.Length)
            {
                ServeArrivals();
            }
        }
    }

    /// <summary>Answers what arrived: first the records of all are asked for, then one connection after the other has its turn.</summary>
    private void ServeArrivals()
    {
        for (int i = 0; i < _arrived; i++)
        {
            if (_arrivals[i].Hash != 0)
            {
                Host.Store.PrefetchRecord(_arrivals[i].Hash);
            }
        }

        for (int i = 0; i < _arrived; i++)
        {
            ref Arrival arrival = ref _arrivals[i];
            Process(arrival.Connection!, arrival.Source, arrival.Length);
            arrival.Connection = null;
        }

        if (_arrived > 0)
        {
            _meter?.Sent(_arrived);
        }

        _arrived = 0;
    }

    /// <summary>A connection that waited for room goes on when it has sent what it owed.</summary>
    private void Resume(EpollConnection connection)
    {
        if (SendUnsent(connection))
        {
            ServeHeld(connection);
        }
    }

    /// <summary>Receives the rest of a large value to where it belongs; false when there is none to come.</summary>
    private bool ReceiveDirect(EpollConnection connection, out bool mayBeMore)
    {
        Span<byte> direct = connection.Session.DirectRoom();
        if (!direct.IsEmpty)
        {
            int received = ReceiveInto(connection, direct);
            if (received > 0)
            {
                connection.Session.Received(received);
                Process(connection, default, 0);
            }

            mayBeMore = received == direct.Length;
            return true;
        }

        mayBeMore = false;
        return false;
    }

    /// <summary>One receive behind the unconsumed input, in the buffer or in the connection's own block; length 0 when nothing came.</summary>
    private NativeBlock ReceiveBehindHeld(EpollConnection connection, NativeBlock buffer, out int length, out bool mayBeMore)
    {
        NativeBlock source = LoadHeld(connection, buffer, out int held);
        length = 0;
        mayBeMore = false;
        if (source.Length == held && !TryGrowHeld(connection, ref source, held))
        {
            Host.Counters.Add(Counter.ReadBufferExhausted);
            Close(connection);
            return source;
        }

        Span<byte> room = source.Span.Slice(held);
        int count = ReceiveInto(connection, room);
        if (count > 0)
        {
            length = held + count;
            mayBeMore = count == room.Length;
        }
        else if (!connection.IsClosed)
        {
            KeepInput(connection, source, 0, held);
        }

        return source;
    }

    /// <summary>Receives; 0 when nothing is there, or the connection ended and was closed.</summary>
    private int ReceiveInto(EpollConnection connection, Span<byte> room)
    {
        int count = LinuxCalls.Receive(connection.Descriptor, room);
        if (count > 0)
        {
            Host.Counters.Add(Counter.BytesRead, count);
            Host.Counters.Add(Counter.Receives);
            return count;
        }

        if (count == 0 || LinuxCalls.LastError is not (LinuxCalls.ErrorTryAgain or LinuxCalls.ErrorInterrupted))
        {
            Close(connection, count == 0 ? CloseReason.Normal : CloseReason.Error);
        }

        return 0;
    }

    /// <summary>Goes on with input that is there already.</summary>
    private void ServeHeld(EpollConnection connection)
    {
        NativeBlock source = LoadHeld(connection, ReadBuffer(_arrived), out int length);
        Process(connection, source, length);
    }

    private void ReceiveRest(EpollConnection connection)
    {
        for (int i = 0; i < ReceivesWhenStopping && !connection.IsClosed && !connection.WaitsForRoom && !connection.WaitsForLog && !connection.IsQueued; i++)
        {
            if (!ReceiveDirect(connection, out bool mayBeMore))
            {
                NativeBlock source = ReceiveBehindHeld(connection, ReadBuffer(0), out int length, out mayBeMore);
                if (length > 0)
                {
                    Process(connection, source, length);
                }
            }

            if (!mayBeMore)
            {
                return;
            }
        }
    }

    /// <summary>Answers the input and sends the replies, as far as client, room and budget allow.</summary>
    private void Process(EpollConnection connection, NativeBlock source, int length)
    {
        NativeBlock reply = _reply;
        int written = LoadUnsent(connection);
        int position = 0;
        int budget = _othersReady || _takesShortTurns ? Host.State.Options.RequestsPerEvent : int.MaxValue;
        while (true)
        {
            Host.Lent.Start = written;
            ulong revision = _holdsReplies ? BeginWrites() : 0;
            SessionResult result = connection.Session.Process(
                source.Span.Slice(position, length - position), reply.Span.Slice(written), budget);
            if (_holdsReplies)
            {
                NoteWrites(connection, revision);
            }

            if (result.Consumed > 0)
            {
                connection.LastRequestMs = Host.Clock.Milliseconds;
            }

            position += result.Consumed;
            written += result.Written;
            bool mayWait = written <= ServerLimits.HeldCopyBytes && !Host.Lent.IsTaken;
            if (result.Status == SessionStatus.Yield && mayWait && TryKeepReplies(connection, reply.Slice(0, written)))
            {
                Host.Counters.Add(Counter.ConnectionYields);
                Enqueue(connection);
                break;
            }

            if (result.Status == SessionStatus.Close)
            {
                connection.IsEnding = true;
            }

            if (!Send(connection, ref reply, written) || result.Status is SessionStatus.NeedInput)
            {
                break;
            }

            written = 0;
            if (result.Status == SessionStatus.Yield || (result.Status == SessionStatus.ReplyFull && _othersReady && result.RequiredReplyBytes == 0))
            {
                Enqueue(connection);
                break;
            }

            if (result.RequiredReplyBytes > reply.Length)
            {
                GiveLargerReply(connection, ref reply, result.RequiredReplyBytes);
            }
        }

        if (reply.Length > _reply.Length)
        {
            Host.Pool.Return(reply);
        }

        if (!connection.IsClosed)
        {
            KeepInput(connection, source, position, length);
        }
    }

    private void GiveLargerReply(EpollConnection connection, ref NativeBlock reply, int bytes)
    {
        if (reply.Length > _reply.Length)
        {
            Host.Pool.Return(reply);
            reply = _reply;
        }

        if (Host.Pool.TryRent(bytes, out NativeBlock larger))
        {
            reply = larger;
        }
        else
        {
            connection.Session.RefuseLargeReply();
        }
    }

    /// <summary>Input that was received and waits to be answered with that of other connections.</summary>
    private struct Arrival
    {
        public EpollConnection? Connection;
        public NativeBlock Source;
        public int Length;
        public ulong Hash;
    }

    private void Enqueue(EpollConnection connection)
    {
        Debug.Assert(!connection.IsQueued, "once in the queue");
        connection.IsQueued = true;
        _queue.Enqueue(connection);
    }
}
