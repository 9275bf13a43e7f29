using System.Diagnostics;
using AotKv.Engine;
using AotKv.Server.Buffers;
using AotKv.Server.Sessions;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// One connection of a native loop. Everything but <see cref="Loop"/> and <see cref="Descriptor"/> is touched by its loop only. An
/// idle connection owns no buffer: both blocks are empty.
/// </summary>
[DebuggerDisplay("{Descriptor}: held {HeldLength}, unsent {UnsentLength}")]
internal sealed class EpollConnection : ISessionCarrier
{
    public EpollConnection(EpollLoop loop, int descriptor)
    {
        Loop = loop;
        Descriptor = descriptor;
        Session = new(loop.Host, descriptor) { Carrier = this };
        LastRequestMs = loop.Host.Clock.Milliseconds;
    }

    /// <summary>What <c>stats conns</c> says of it. Any thread: what it says may be over.</summary>
    public ConnectionInfo Describe(long nowMilliseconds) => new(
        Descriptor,
        SocketNames.Remote(Descriptor),
        SocketNames.Local(Descriptor),
        WaitsForRoom ? "conn_mwrite" : Session.StateName,
        (nowMilliseconds - Session.LastRequestMilliseconds) / 1000);

    public EpollLoop Loop { get; }

    public int Descriptor { get; }

    public Session Session { get; }

    /// <summary>Input that is not consumed: an unfinished request, or requests that wait for room or for their turn.</summary>
    public NativeBlock Held;

    /// <summary>Bytes of <see cref="Held"/>, from its start.</summary>
    public int HeldLength;

    /// <summary>Replies that are not sent.</summary>
    public NativeBlock Unsent;

    /// <summary>Where in <see cref="Unsent"/> they begin.</summary>
    public int UnsentStart;

    /// <summary>How many bytes they are.</summary>
    public int UnsentLength;

    /// <summary>A value among the unsent replies that is sent from its record; null none.</summary>
    public HeldItem? Lent;

    /// <summary>Bytes of <see cref="UnsentLength"/> that go before that value.</summary>
    public int LentAt;

    /// <summary>Bytes of that value which are sent.</summary>
    public int LentSent;

    /// <summary>When it last had a request, or part of a value, taken; milliseconds of the store's clock.</summary>
    public long LastRequestMs;

    /// <summary>The client does not read: the loop waits until it can send, and does not receive.</summary>
    public bool WaitsForRoom;

    /// <summary>The revision that has to be on disk before the replies may go; 0 none.</summary>
    public ulong DurableAt;

    /// <summary>Its replies wait for the log; the loop does not receive.</summary>
    public bool WaitsForLog;

    /// <summary>Input came while it waited for the log: epoll does not report it until it goes on.</summary>
    public bool IsDeaf;

    /// <summary>It stands in the loop's queue of those that gave way to others.</summary>
    public bool IsQueued;

    /// <summary>To be closed when everything is sent.</summary>
    public bool IsEnding;

    /// <summary>Closed; the object may still stand in the queue.</summary>
    public bool IsClosed;

    /// <inheritdoc/>
    public void Wake() => Loop.Wake(this);
}
