namespace AotKv.Protocol.Text;

/// <summary>The fixed replies of the text protocol with their CR LF: memcached 1.6.45's texts, which clients compare.</summary>
public static class TextReplies
{
    /// <summary>A value was stored.</summary>
    public static ReadOnlySpan<byte> Stored => "STORED\r\n"u8;

    /// <summary>The condition of add, replace, append or prepend was not met.</summary>
    public static ReadOnlySpan<byte> NotStored => "NOT_STORED\r\n"u8;

    /// <summary>Cas: the item was changed since.</summary>
    public static ReadOnlySpan<byte> Exists => "EXISTS\r\n"u8;

    /// <summary>There is no such item.</summary>
    public static ReadOnlySpan<byte> NotFound => "NOT_FOUND\r\n"u8;

    /// <summary>An item was deleted.</summary>
    public static ReadOnlySpan<byte> Deleted => "DELETED\r\n"u8;

    /// <summary>An item's expiry time was set.</summary>
    public static ReadOnlySpan<byte> Touched => "TOUCHED\r\n"u8;

    /// <summary>A command without a result was done.</summary>
    public static ReadOnlySpan<byte> Ok => "OK\r\n"u8;

    /// <summary>The end of values or of statistics.</summary>
    public static ReadOnlySpan<byte> End => "END\r\n"u8;

    /// <summary>The counters were reset.</summary>
    public static ReadOnlySpan<byte> Reset => "RESET\r\n"u8;

    /// <summary>The version of memcached whose features these are: clients choose by it.</summary>
    public static ReadOnlySpan<byte> Version => "VERSION 1.6.45\r\n"u8;

    /// <summary>The line end behind a value.</summary>
    public static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>No such command, or no such argument of an administrative one.</summary>
    public static ReadOnlySpan<byte> Error => "ERROR\r\n"u8;

    /// <summary>A connection beyond the limit; it is then closed.</summary>
    public static ReadOnlySpan<byte> TooManyConnections => "ERROR Too many open connections\r\n"u8;

    /// <summary>Too few words, a key too long, or no number where one must be.</summary>
    public static ReadOnlySpan<byte> BadCommandLine => "CLIENT_ERROR bad command line format\r\n"u8;

    /// <summary>Delete with an argument that it does not have.</summary>
    public static ReadOnlySpan<byte> DeleteUsage => "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n"u8;

    /// <summary>Touch, gat or flush_all with a bad expiry time.</summary>
    public static ReadOnlySpan<byte> InvalidExptime => "CLIENT_ERROR invalid exptime argument\r\n"u8;

    /// <summary>Incr or decr by what is no number.</summary>
    public static ReadOnlySpan<byte> InvalidDelta => "CLIENT_ERROR invalid numeric delta argument\r\n"u8;

    /// <summary>Incr or decr of a value that is no number.</summary>
    public static ReadOnlySpan<byte> NonNumeric => "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"u8;

    /// <summary>A data block without CR LF where its length says.</summary>
    public static ReadOnlySpan<byte> BadDataChunk => "CLIENT_ERROR bad data chunk\r\n"u8;

    /// <summary>Flush_all where it is switched off.</summary>
    public static ReadOnlySpan<byte> FlushNotAllowed => "CLIENT_ERROR flush_all not allowed\r\n"u8;

    /// <summary>Shutdown with an unknown argument.</summary>
    public static ReadOnlySpan<byte> InvalidShutdownMode => "CLIENT_ERROR invalid shutdown mode\r\n"u8;

    /// <summary>Shutdown where it is not switched on. The colon is memcached's.</summary>
    public static ReadOnlySpan<byte> ShutdownNotEnabled => "SERVER_ERROR: shutdown not enabled\r\n"u8;

    /// <summary>An item larger than the limit.</summary>
    public static ReadOnlySpan<byte> TooLarge => "SERVER_ERROR object too large for cache\r\n"u8;

    /// <summary>No memory for an item, before its data was read.</summary>
    public static ReadOnlySpan<byte> OutOfMemoryStoring => "SERVER_ERROR out of memory storing object\r\n"u8;

    /// <summary>No memory for an item, while its data was read.</summary>
    public static ReadOnlySpan<byte> OutOfMemoryReading => "SERVER_ERROR Out of memory during read\r\n"u8;

    /// <summary>No memory for the reply of a retrieval.</summary>
    public static ReadOnlySpan<byte> OutOfMemoryWriting => "SERVER_ERROR out of memory writing get response\r\n"u8;

    /// <summary>No memory for the new number of incr or decr.</summary>
    public static ReadOnlySpan<byte> OutOfMemory => "SERVER_ERROR out of memory\r\n"u8;

    /// <summary>The disk has failed: no write is accepted any more. AotKv's own; a memcached has no log.</summary>
    public static ReadOnlySpan<byte> LogFailed => "SERVER_ERROR the log cannot be written\r\n"u8;

    /// <summary>The reply to a bad request; empty for those that close the connection without one.</summary>
    /// <param name="error">Why it is bad.</param>
    public static ReadOnlySpan<byte> For(ProtocolError error) => error switch
    {
        ProtocolError.UnknownCommand => Error,
        ProtocolError.BadCommandLine => BadCommandLine,
        ProtocolError.DeleteUsage => DeleteUsage,
        ProtocolError.InvalidExptime => InvalidExptime,
        ProtocolError.InvalidDelta => InvalidDelta,
        ProtocolError.BadDataChunk => BadDataChunk,
        _ => default,
    };
}
