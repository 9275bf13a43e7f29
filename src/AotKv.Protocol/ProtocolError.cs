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

    /// <summary><c>CLIENT_ERROR bad token in command line format</c>: the number of a meta flag C, E, N, R or T.</summary>
    BadFlagNumber,

    /// <summary><c>CLIENT_ERROR invalid numeric delta value</c>: the number of a meta flag D.</summary>
    BadFlagDelta,

    /// <summary><c>CLIENT_ERROR invalid numeric initial value</c>: the number of a meta flag J.</summary>
    BadFlagInitial,

    /// <summary><c>CLIENT_ERROR invalid flag</c>: no such meta flag.</summary>
    InvalidFlag,

    /// <summary><c>CLIENT_ERROR duplicate flag</c></summary>
    DuplicateFlag,

    /// <summary><c>CLIENT_ERROR invalid or duplicate flag</c>: what ma says of any mistake in its key and flags.</summary>
    InvalidOrDuplicateFlag,

    /// <summary><c>CLIENT_ERROR options flags are too long</c>: too many words in a meta command.</summary>
    TooManyFlags,

    /// <summary><c>CLIENT_ERROR opaque token too long</c></summary>
    OpaqueTooLong,

    /// <summary><c>CLIENT_ERROR error decoding key</c>: the key of a meta command with the flag b is not base64.</summary>
    KeyNotBase64,

    /// <summary><c>CLIENT_ERROR invalid mode for ms M token</c></summary>
    InvalidSetMode,

    /// <summary><c>CLIENT_ERROR invalid mode for ma M token</c></summary>
    InvalidArithmeticMode,

    /// <summary><c>CLIENT_ERROR unauthenticated</c>: anything but a login on a connection that needs one.</summary>
    Unauthenticated,

    /// <summary><c>CLIENT_ERROR auth token too long</c></summary>
    LoginTooLong,

    /// <summary><c>CLIENT_ERROR bad command line termination</c>: a login's data block without CR LF where its length says.</summary>
    BadLoginEnd,

    /// <summary><c>CLIENT_ERROR bad authentication token format</c>: a login's data block without a space.</summary>
    BadLoginFormat,

    /// <summary>A line too short for a login: the connection is closed without a reply.</summary>
    LoginTooShort,
}
