namespace AotKv.Server.Stats;

/// <summary>What a loop counts. The names are those of memcached's general statistics.</summary>
internal enum Counter
{
    GetHits,
    GetMisses,
    GetExpired,
    GetFlushed,
    CmdSet,
    CmdFlush,
    CmdMeta,
    TouchHits,
    TouchMisses,
    DeleteHits,
    DeleteMisses,
    IncrHits,
    IncrMisses,
    DecrHits,
    DecrMisses,
    CasHits,
    CasMisses,
    CasBadval,
    StoreTooLarge,
    StoreNoMemory,
    AuthCmds,
    AuthErrors,
    BytesRead,
    BytesWritten,
    ConnectionYields,

    /// <summary>Connections closed because they had no request for too long.</summary>
    IdleKicks,

    /// <summary>Connections closed because an unfinished request found no buffer memory.</summary>
    ReadBufferExhausted,

    /// <summary>Replies refused, or connections closed, because there was no buffer memory for what the client had not read.</summary>
    ReplyBufferExhausted,

    /// <summary>Receive calls that delivered bytes.</summary>
    Receives,

    /// <summary>Send calls.</summary>
    Sends,

    /// <summary>Not a counter: how many there are.</summary>
    Count,
}
