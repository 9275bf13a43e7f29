using System.Diagnostics;
using AotKv.Server.Buffers;
using AotKv.Server.Stats;

namespace AotKv.Server.Transport.Native;

/// <content>
/// Replies with a value that is sent from its record (see <see cref="Sessions.LentValue"/>): what is before it, the value and what is behind
/// it go out in one call.
/// </content>
internal sealed partial class EpollLoop
{
    /// <summary>As <see cref="Send"/>, with the value that was lent among the replies.</summary>
    private bool SendWithLent(EpollConnection connection, ReadOnlySpan<byte> replies)
    {
        int position = Host.Lent.Position;
        connection.Lent = Host.Lent.Detach();
        int length = connection.Lent.Value.Length;
        int sent = LinuxCalls.Send(connection.Descriptor, replies[..position], connection.Lent.Value, replies[position..]);
        if (!Sent(connection, ref sent))
        {
            return false;
        }

        if (sent == replies.Length + length)
        {
            LetGo(connection);
            return GoOnOrEnd(connection);
        }

        int before = Math.Min(sent, position);
        int ofValue = Math.Min(sent - before, length);
        int behind = sent - before - ofValue;
        connection.LentAt = position - before;
        connection.LentSent = ofValue;
        bool isKept = Host.Lent.MayWait && ofValue < length
            ? TryKeepPieces(connection, replies[before..position], default, replies[(position + behind)..])
            : TryKeepPieces(connection, replies[before..position], connection.Lent.Value[ofValue..], replies[(position + behind)..]);
        if (!isKept)
        {
            Host.Counters.Add(Counter.ReplyBufferExhausted);
            Close(connection);
            return false;
        }

        AwaitRoom(connection);
        return false;
    }

    /// <summary>Keeps what is not sent in one block of the connection; the value too when it is given, and then it is let go.</summary>
    private bool TryKeepPieces(EpollConnection connection, ReadOnlySpan<byte> before, ReadOnlySpan<byte> value, ReadOnlySpan<byte> behind)
    {
        int length = before.Length + value.Length + behind.Length;
        NativeBlock block = default;
        if (length > 0 && !Host.Pool.TryRent(length, out block))
        {
            return false;
        }

        before.CopyTo(block.Span);
        value.CopyTo(block.Span[before.Length..]);
        behind.CopyTo(block.Span[(before.Length + value.Length)..]);
        connection.Unsent = block;
        connection.UnsentStart = 0;
        connection.UnsentLength = length;
        if (!value.IsEmpty || connection.LentSent == connection.Lent!.Value.Length)
        {
            LetGo(connection);
        }

        return true;
    }

    /// <summary>Sends what a connection kept with a value among it; false when the client has not taken all of the value, or the connection broke.</summary>
    private bool SendLent(EpollConnection connection)
    {
        ReadOnlySpan<byte> value = connection.Lent!.Value[connection.LentSent..];
        ReadOnlySpan<byte> replies = connection.Unsent.Slice(connection.UnsentStart, connection.UnsentLength);
        int sent = LinuxCalls.Send(connection.Descriptor, replies[..connection.LentAt], value, replies[connection.LentAt..]);
        if (!Sent(connection, ref sent))
        {
            return false;
        }

        int before = Math.Min(sent, connection.LentAt);
        int ofValue = Math.Min(sent - before, value.Length);
        int behind = sent - before - ofValue;
        connection.LentAt -= before;
        connection.LentSent += ofValue;
        connection.UnsentStart += before + behind;
        connection.UnsentLength -= before + behind;
        if (ofValue < value.Length)
        {
            return false;
        }

        Debug.Assert(connection.LentAt == 0, "in order");
        LetGo(connection);
        return true;
    }

    private void LetGo(EpollConnection connection)
    {
        if (connection.Lent is { } held)
        {
            connection.Lent = null;
            connection.LentAt = 0;
            connection.LentSent = 0;
            Host.Lent.GiveBack(held);
        }
    }
}
