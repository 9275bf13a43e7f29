namespace AotKv.Server.Watch;

/// <summary>What somebody wants to be told of: the streams of the <c>watch</c> command, and the counting of prefixes.</summary>
[Flags]
internal enum WatchStreams
{
    None = 0,

    /// <summary>Every look at a key, also those of commands that write.</summary>
    Fetchers = 1,

    /// <summary>Every store.</summary>
    Mutations = 2,

    /// <summary>Live items dropped to make room.</summary>
    Evictions = 4,

    /// <summary>Connections that come and go.</summary>
    ConnectionEvents = 8,

    /// <summary>Items that clients delete.</summary>
    Deletions = 16,

    /// <summary>Accepted and silent here: memcached's crawler and page mover, the raw commands it never logs, and its proxy.</summary>
    Others = 32,

    /// <summary><c>stats detail</c> is on; no stream.</summary>
    Prefixes = 64,
}
