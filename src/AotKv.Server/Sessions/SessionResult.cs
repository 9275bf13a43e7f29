using System.Runtime.InteropServices;

namespace AotKv.Server.Sessions;

/// <summary>Why <see cref="Session.Process"/> stopped.</summary>
internal enum SessionStatus : byte
{
    /// <summary>Internal to the session: go on.</summary>
    Continue,

    /// <summary>Everything that can be answered is; call again with the unconsumed bytes and more behind them.</summary>
    NeedInput,

    /// <summary>The reply room is used up: send, then call again with the unconsumed bytes.</summary>
    ReplyFull,

    /// <summary>The budget of requests is used up: call again with the unconsumed bytes after others had their turn.</summary>
    Yield,

    /// <summary>Send what was written, then close.</summary>
    Close,
}

/// <summary>What one call of <see cref="Session.Process"/> did.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct SessionResult
{
    public SessionResult(SessionStatus status, int consumed, int written, int requiredReplyBytes)
    {
        Status = status;
        Consumed = consumed;
        Written = written;
        RequiredReplyBytes = requiredReplyBytes;
    }

    public SessionStatus Status { get; }

    /// <summary>Input bytes that are done with. The rest must come again, first, at the next call.</summary>
    public int Consumed { get; }

    /// <summary>Reply bytes written from the start of the room that was given.</summary>
    public int Written { get; }

    /// <summary>
    /// With <see cref="SessionStatus.ReplyFull"/>: the next value needs so many bytes of room; 0 when any empty reply buffer will do.
    /// A transport that cannot give that much calls <see cref="Session.RefuseLargeReply"/> and then Process again.
    /// </summary>
    public int RequiredReplyBytes { get; }
}
