namespace AotKv.Server.Sessions;

/// <summary>The fixed replies that executing a classic command can have, as memcached 1.6.45 words them.</summary>
internal static class ClassicReplies
{
    public static ReadOnlySpan<byte> Stored => "STORED\r\n"u8;

    public static ReadOnlySpan<byte> NotStored => "NOT_STORED\r\n"u8;

    public static ReadOnlySpan<byte> Exists => "EXISTS\r\n"u8;

    public static ReadOnlySpan<byte> NotFound => "NOT_FOUND\r\n"u8;

    public static ReadOnlySpan<byte> End => "END\r\n"u8;

    public static ReadOnlySpan<byte> Deleted => "DELETED\r\n"u8;

    public static ReadOnlySpan<byte> Touched => "TOUCHED\r\n"u8;

    public static ReadOnlySpan<byte> Ok => "OK\r\n"u8;

    public static ReadOnlySpan<byte> Reset => "RESET\r\n"u8;

    public static ReadOnlySpan<byte> Error => "ERROR\r\n"u8;

    public static ReadOnlySpan<byte> Version => "VERSION 1.6.45\r\n"u8;

    public static ReadOnlySpan<byte> FlushNotAllowed => "CLIENT_ERROR flush_all not allowed\r\n"u8;

    public static ReadOnlySpan<byte> NonNumeric => "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"u8;

    public static ReadOnlySpan<byte> BadShutdownMode => "CLIENT_ERROR invalid shutdown mode\r\n"u8;

    public static ReadOnlySpan<byte> ShutdownNotEnabled => "SERVER_ERROR: shutdown not enabled\r\n"u8;

    public static ReadOnlySpan<byte> TooLarge => "SERVER_ERROR object too large for cache\r\n"u8;

    public static ReadOnlySpan<byte> StoreOutOfMemory => "SERVER_ERROR out of memory storing object\r\n"u8;

    public static ReadOnlySpan<byte> ReadOutOfMemory => "SERVER_ERROR Out of memory during read\r\n"u8;

    public static ReadOnlySpan<byte> GetOutOfMemory => "SERVER_ERROR out of memory writing get response\r\n"u8;

    public static ReadOnlySpan<byte> OutOfMemory => "SERVER_ERROR out of memory\r\n"u8;

    public static ReadOnlySpan<byte> TooManyConnections => "ERROR Too many open connections\r\n"u8;
}
