using System.Diagnostics;
using AotKv.Server.Buffers;
using AotKv.Server.Sessions;
using AotKv.Server.Stats;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// Receiving, answering and sending. Input and replies live in the loop's two shared buffers; what outlasts a turn moves to blocks
/// of the connection (an unfinished request, replies a client does not take), and back when it goes on.
/// </summary>
internal sealed partial class EpollLoop
{
    private const int ReceivesWhenStopping = 64;

    /// <summary>Something happened on a connection: it can be read, or, when it waits for room, written.</summary>
    private void Serve(EpollConnection connection)
    {
        if (connection.WaitsForRoom)
        {
            if (SendUnsent(connection))
            {
                ServeHeld(connection);
            }

            return;
        }

        Receive(connection);
    }

    /// <summary>One receive and what follows from it; true when the buffer came back full, so that there may be more.</summary>
    private bool Receive(EpollConnection connection)
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

            return received == direct.Length;
        }

        NativeBlock source = LoadHeld(connection, out int length);
        if (source.Length == length && !TryGrowHeld(connection, ref source, length))
        {
            Host.Counters.Add(Counter.ReadBufferExhausted);
            Close(connection);
            return false;
        }

        Span<byte> room = source.Span.Slice(length);
        int count = ReceiveInto(connection, room);
        if (count > 0)
        {
            Process(connection, source, length + count);
        }
        else if (!connection.IsClosed)
        {
            KeepInput(connection, source, 0, length);
        }

        return count == room.Length;
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
            Close(connection);
        }

        return 0;
    }

    /// <summary>Goes on with input that is there already.</summary>
    private void ServeHeld(EpollConnection connection)
    {
        NativeBlock source = LoadHeld(connection, out int length);
        Process(connection, source, length);
    }

    private void ReceiveRest(EpollConnection connection)
    {
        for (int i = 0; i < ReceivesWhenStopping && !connection.IsClosed && !connection.WaitsForRoom && !connection.IsQueued; i++)
        {
            if (!Receive(connection))
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
        int budget = _othersReady ? Host.State.Options.RequestsPerEvent : int.MaxValue;
        while (true)
        {
            SessionResult result = connection.Session.Process(
                source.Span.Slice(position, length - position), reply.Span.Slice(written), budget);
            position += result.Consumed;
            written += result.Written;
            if (result.Status == SessionStatus.Yield && written <= ServerLimits.HeldCopyBytes && TryKeepReplies(connection, reply.Slice(0, written)))
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

    private void Enqueue(EpollConnection connection)
    {
        Debug.Assert(!connection.IsQueued, "once in the queue");
        connection.IsQueued = true;
        _queue.Enqueue(connection);
    }
}
