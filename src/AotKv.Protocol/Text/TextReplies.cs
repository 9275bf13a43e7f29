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

    /// <summary>A meta flag's time or CAS id that is no number.</summary>
    public static ReadOnlySpan<byte> BadFlagNumber => "CLIENT_ERROR bad token in command line format\r\n"u8;

    /// <summary>A meta flag's delta that is no number.</summary>
    public static ReadOnlySpan<byte> BadFlagDelta => "CLIENT_ERROR invalid numeric delta value\r\n"u8;

    /// <summary>A meta flag's initial value that is no number.</summary>
    public static ReadOnlySpan<byte> BadFlagInitial => "CLIENT_ERROR invalid numeric initial value\r\n"u8;

    /// <summary>A meta flag that does not exist.</summary>
    public static ReadOnlySpan<byte> InvalidFlag => "CLIENT_ERROR invalid flag\r\n"u8;

    /// <summary>A meta flag given twice.</summary>
    public static ReadOnlySpan<byte> DuplicateFlag => "CLIENT_ERROR duplicate flag\r\n"u8;

    /// <summary>Ma with a mistake in its key or its flags.</summary>
    public static ReadOnlySpan<byte> InvalidOrDuplicateFlag => "CLIENT_ERROR invalid or duplicate flag\r\n"u8;

    /// <summary>Too many meta flags.</summary>
    public static ReadOnlySpan<byte> TooManyFlags => "CLIENT_ERROR options flags are too long\r\n"u8;

    /// <summary>An opaque that is too long.</summary>
    public static ReadOnlySpan<byte> OpaqueTooLong => "CLIENT_ERROR opaque token too long\r\n"u8;

    /// <summary>A key that should be base64 and is not.</summary>
    public static ReadOnlySpan<byte> KeyNotBase64 => "CLIENT_ERROR error decoding key\r\n"u8;

    /// <summary>Ms with an unknown mode.</summary>
    public static ReadOnlySpan<byte> InvalidSetMode => "CLIENT_ERROR invalid mode for ms M token\r\n"u8;

    /// <summary>Ma with an unknown mode.</summary>
    public static ReadOnlySpan<byte> InvalidArithmeticMode => "CLIENT_ERROR invalid mode for ma M token\r\n"u8;

    /// <summary>Anything but a login where one is needed.</summary>
    public static ReadOnlySpan<byte> Unauthenticated => "CLIENT_ERROR unauthenticated\r\n"u8;

    /// <summary>A login with a wrong name or password.</summary>
    public static ReadOnlySpan<byte> LoginFailed => "CLIENT_ERROR authentication failure\r\n"u8;

    /// <summary>A login whose data block is too long.</summary>
    public static ReadOnlySpan<byte> LoginTooLong => "CLIENT_ERROR auth token too long\r\n"u8;

    /// <summary>A login's data block without CR LF where its length says.</summary>
    public static ReadOnlySpan<byte> BadLoginEnd => "CLIENT_ERROR bad command line termination\r\n"u8;

    /// <summary>A login's data block without a space between name and password.</summary>
    public static ReadOnlySpan<byte> BadLoginFormat => "CLIENT_ERROR bad authentication token format\r\n"u8;

    /// <summary>The reply to mn.</summary>
    public static ReadOnlySpan<byte> MetaNoop => "MN\r\n"u8;

    /// <summary>The reply to me when there is no such item.</summary>
    public static ReadOnlySpan<byte> MetaMiss => "EN\r\n"u8;

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
        ProtocolError.BadFlagNumber => BadFlagNumber,
        ProtocolError.BadFlagDelta => BadFlagDelta,
        ProtocolError.BadFlagInitial => BadFlagInitial,
        ProtocolError.InvalidFlag => InvalidFlag,
        ProtocolError.DuplicateFlag => DuplicateFlag,
        ProtocolError.InvalidOrDuplicateFlag => InvalidOrDuplicateFlag,
        ProtocolError.TooManyFlags => TooManyFlags,
        ProtocolError.OpaqueTooLong => OpaqueTooLong,
        ProtocolError.KeyNotBase64 => KeyNotBase64,
        ProtocolError.InvalidSetMode => InvalidSetMode,
        ProtocolError.InvalidArithmeticMode => InvalidArithmeticMode,
        ProtocolError.Unauthenticated => Unauthenticated,
        ProtocolError.LoginTooLong => LoginTooLong,
        ProtocolError.BadLoginEnd => BadLoginEnd,
        ProtocolError.BadLoginFormat => BadLoginFormat,
        _ => default,
    };
}
