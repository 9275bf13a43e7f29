using System.Diagnostics;
using AotKv.Server.Buffers;
using AotKv.Server.Stats;

namespace AotKv.Server.Transport.Native;

/// <summary>Sending, and the movement of bytes between the shared buffers and those of connections.</summary>
internal sealed partial class EpollLoop
{
    /// <summary>
    /// Sends replies. False: the connection was closed, or the client took only a part and the rest is kept by the connection,
    /// which now waits for room. A block that the connection kept is replaced in the caller's hand.
    /// </summary>
    private bool Send(EpollConnection connection, ref NativeBlock reply, int length)
    {
        Debug.Assert(connection.UnsentLength == 0, "in order");
        if (connection.DurableAt != 0 && length > 0 && HoldForLog(connection, ref reply, length))
        {
            return false;
        }

        if (Host.Lent.IsTaken)
        {
            return SendWithLent(connection, reply.Slice(0, length));
        }

        int sent = 0;
        if (length > 0 && !TrySend(connection, reply.Slice(0, length), out sent))
        {
            return false;
        }

        if (sent == length)
        {
            return GoOnOrEnd(connection);
        }

        if (!TryKeepRest(connection, ref reply, sent, length - sent))
        {
            Host.Counters.Add(Counter.ReplyBufferExhausted);
            Close(connection);
            return false;
        }

        AwaitRoom(connection);
        return false;
    }

    /// <summary>Everything is sent: false when that was the end of the connection.</summary>
    private bool GoOnOrEnd(EpollConnection connection)
    {
        if (connection.IsEnding)
        {
            Close(connection, connection.Session.CloseReason);
        }

        return !connection.IsEnding;
    }

    private void AwaitRoom(EpollConnection connection)
    {
        connection.WaitsForRoom = true;
        LinuxCalls.Control(_epoll, LinuxCalls.ControlModify, connection.Descriptor, EpollEvents.Writable, (ulong)connection.Descriptor);
    }

    /// <summary>Sends what a connection kept; true when all is sent and it may go on.</summary>
    private bool SendUnsent(EpollConnection connection)
    {
        if (connection.Lent != null && !SendLent(connection))
        {
            return false;
        }

        int sent = 0;
        if (connection.UnsentLength > 0
            && !TrySend(connection, connection.Unsent.Slice(connection.UnsentStart, connection.UnsentLength), out sent))
        {
            return false;
        }

        connection.UnsentStart += sent;
        connection.UnsentLength -= sent;
        if (connection.UnsentLength > 0)
        {
            if (!connection.WaitsForRoom)
            {
                AwaitRoom(connection);
            }

            return false;
        }

        Host.Pool.Return(connection.Unsent);
        connection.Unsent = default;
        if (!GoOnOrEnd(connection))
        {
            return false;
        }

        if (connection.WaitsForRoom)
        {
            connection.WaitsForRoom = false;
            LinuxCalls.Control(_epoll, LinuxCalls.ControlModify, connection.Descriptor, EpollEvents.Readable, (ulong)connection.Descriptor);
        }

        return true;
    }

    /// <summary>One send; false when the connection is broken and was closed.</summary>
    private bool TrySend(EpollConnection connection, ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = LinuxCalls.Send(connection.Descriptor, bytes);
        return Sent(connection, ref sent);
    }

    /// <summary>Looks at how a send went; false when the connection is broken and was closed.</summary>
    private bool Sent(EpollConnection connection, ref int sent)
    {
        if (sent >= 0)
        {
            Host.Counters.Add(Counter.BytesWritten, sent);
            Host.Counters.Add(Counter.Sends);
            return true;
        }

        sent = 0;
        if (LinuxCalls.LastError is LinuxCalls.ErrorTryAgain or LinuxCalls.ErrorInterrupted)
        {
            return true;
        }

        Close(connection);
        return false;
    }

    /// <summary>Keeps the unsent rest of a reply: a short one is copied, a long one stays where it is and the connection takes the block.</summary>
    private bool TryKeepRest(EpollConnection connection, ref NativeBlock reply, int start, int length)
    {
        if (length <= ServerLimits.HeldCopyBytes)
        {
            return TryKeepReplies(connection, reply.Slice(start, length));
        }

        if (reply.Length == _reply.Length)
        {
            if (!Host.Pool.TryRent(ServerLimits.ReplyBufferBytes, out NativeBlock fresh))
            {
                return false;
            }

            _reply = fresh;
        }

        connection.Unsent = reply;
        connection.UnsentStart = start;
        connection.UnsentLength = length;
        reply = _reply;
        return true;
    }

    /// <summary>Copies replies into a block of the connection.</summary>
    private bool TryKeepReplies(EpollConnection connection, ReadOnlySpan<byte> replies)
    {
        Debug.Assert(connection.Unsent.IsEmpty && connection.UnsentLength == 0, "one block of replies");
        if (!replies.IsEmpty)
        {
            if (!Host.Pool.TryRent(replies.Length, out connection.Unsent))
            {
                return false;
            }

            replies.CopyTo(connection.Unsent.Span);
        }

        connection.UnsentStart = 0;
        connection.UnsentLength = replies.Length;
        return true;
    }

    /// <summary>Brings the replies of a connection that gave way back into the shared buffer; returns their length.</summary>
    private int LoadUnsent(EpollConnection connection)
    {
        int length = connection.UnsentLength;
        if (length > 0)
        {
            connection.Unsent.Slice(connection.UnsentStart, length).CopyTo(_reply.Span);
            Host.Pool.Return(connection.Unsent);
            connection.Unsent = default;
            connection.UnsentLength = 0;
        }

        return length;
    }

    /// <summary>Where the connection's unconsumed input is to be processed: in the shared buffer, or in its own block when it is long.</summary>
    private NativeBlock LoadHeld(EpollConnection connection, NativeBlock buffer, out int length)
    {
        length = connection.HeldLength;
        if (length > ServerLimits.HeldCopyBytes)
        {
            return connection.Held;
        }

        if (length > 0)
        {
            connection.Held.Slice(0, length).CopyTo(buffer.Span);
            ReleaseHeld(connection);
        }

        return buffer;
    }

    /// <summary>Keeps input that was not consumed; a connection for which there is no memory is closed.</summary>
    private void KeepInput(EpollConnection connection, NativeBlock source, int start, int end)
    {
        int length = end - start;
        if (length == 0 || connection.IsEnding)
        {
            ReleaseHeld(connection);
            return;
        }

        NativeBlock before = connection.Held;
        if (!before.IsEmpty && length > ServerLimits.HeldCopyBytes)
        {
            source.Slice(start, length).CopyTo(before.Span);
            connection.HeldLength = length;
            return;
        }

        if (!Host.Pool.TryRent(length, out NativeBlock block))
        {
            Host.Counters.Add(Counter.ReadBufferExhausted);
            Close(connection);
            return;
        }

        source.Slice(start, length).CopyTo(block.Span);
        ReleaseHeld(connection);
        connection.Held = block;
        connection.HeldLength = length;
    }

    private void ReleaseHeld(EpollConnection connection)
    {
        Host.Pool.Return(connection.Held);
        connection.Held = default;
        connection.HeldLength = 0;
    }

    private bool TryGrowHeld(EpollConnection connection, ref NativeBlock source, int length)
    {
        Debug.Assert(!connection.Held.IsEmpty, "the shared buffer is never full of held input");
        if (!Host.Pool.TryGrow(ref connection.Held, (int)Math.Min(2L * length, int.MaxValue), length))
        {
            return false;
        }

        source = connection.Held;
        return true;
    }
}
