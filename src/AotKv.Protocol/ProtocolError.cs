namespace AotKv.Protocol;

/// <summary>Why a request is bad. Each has one reply (see <see cref="Text.TextReplies"/>) or closes the connection.</summary>
public enum ProtocolError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>Unknown command: <c>ERROR</c>.</summary>
    UnknownCommand,

    /// <summary><c>CLIENT_ERROR bad command line format</c></summary>
    BadCommandLine,

    /// <summary><c>CLIENT_ERROR bad command line format.  Usage: delete &lt;key&gt; [noreply]</c></summary>
    DeleteUsage,

    /// <summary><c>CLIENT_ERROR invalid exptime argument</c></summary>
    InvalidExptime,

    /// <summary><c>CLIENT_ERROR invalid numeric delta argument</c></summary>
    InvalidDelta,

    /// <summary><c>CLIENT_ERROR bad data chunk</c></summary>
    BadDataChunk,

    /// <summary>A line longer than the limit without an end: the connection is closed without a reply.</summary>
    LineTooLong,

    /// <summary>A request of another protocol (an HTTP request line): the connection is closed without a reply.</summary>
    ForeignProtocol,
}
