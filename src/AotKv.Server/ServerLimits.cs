using System.Diagnostics;

namespace AotKv.Server;

/// <summary>The bounds that are not options, each with its reason.</summary>
internal static class ServerLimits
{
    /// <summary>
    /// What a loop reads at once. A larger buffer saves nothing: at 32 requests of a few dozen bytes a batch is 1 to 4 KiB, and
    /// a large value goes into a buffer of its own.
    /// </summary>
    public const int ReadBufferBytes = 64 << 10;

    /// <summary>Replies that are collected before they are sent; a batch that replies more is sent in several parts.</summary>
    public const int ReplyBufferBytes = 64 << 10;

    /// <summary>
    /// Room that must be free before a request is executed: the longest reply without a value is a VALUE line of a 250-byte key
    /// (250 + 64), behind which END must fit.
    /// </summary>
    public const int MinReplyRoomBytes = 512;

    /// <summary>An unfinished storage request that is longer gets a buffer of its own, which grows as bytes arrive.</summary>
    public const int UploadThresholdBytes = 16 << 10;

    /// <summary>First size of an upload buffer; when it is full it grows by <see cref="UploadGrowth"/>, up to the announced length.</summary>
    public const int UploadFirstBytes = 64 << 10;

    /// <summary>
    /// How much an upload buffer grows at once: a value of 1 MiB is then moved once, when 64 KiB of it have come. What is not received yet is
    /// counted in the budget of all buffers, but takes no memory of the machine.
    /// </summary>
    public const int UploadGrowth = 16;

    /// <summary>
    /// A value that does not fit into the reply buffer is sent from its record, without a copy, when it is at least so long: a shorter one
    /// fits when what is before it is sent.
    /// </summary>
    public const int LentValueBytes = 16 << 10;

    /// <summary>
    /// Held bytes (an unfinished request, unsent replies) up to this length are copied between the loop's shared buffer and a
    /// small block of the connection; longer ones stay in the connection's block. A copy of 16 KiB costs less than a system call.
    /// </summary>
    public const int HeldCopyBytes = 16 << 10;

    /// <summary>The longest request line that is waited for. Only <c>get</c> and <c>gets</c> may pass 2048 bytes at all.</summary>
    public const int MaxLineBytes = 32 << 20;

    /// <summary>Requests, or keys of one request, that are looked up together.</summary>
    public const int BatchRequests = 16;

    /// <summary>
    /// Parts of the index, of some dozens of items each, that a command which walks all items looks at before others have their turn:
    /// about a tenth of a millisecond.
    /// </summary>
    public const int ScansPerStep = 32;

    /// <summary>What a watcher's unread lines may take, whatever was asked for.</summary>
    public const int MaxWatcherBufferBytes = 64 << 20;

    /// <summary>Text of such a command that is enough for one turn.</summary>
    public const int TextPerStepBytes = 32 << 10;

    /// <summary>What memcached adds to key and value when it holds an item against -I (header 48, CAS 8, terminators 3).</summary>
    public const int ItemOverheadBytes = 59;

    /// <summary>... and for client flags other than 0.</summary>
    public const int ItemFlagsBytes = 4;

    /// <summary>
    /// How long a client may take for the handshake of TLS, milliseconds: long enough for a bad line, short enough that connections which
    /// say nothing do not fill the table.
    /// </summary>
    public const int HandshakeDeadlineMs = 10_000;

    /// <summary>How long a stopping server waits for clients to take the replies they are owed, milliseconds.</summary>
    public const int StopDeadlineMs = 5000;

    [Conditional("DEBUG")]
    internal static void AssertRelations()
    {
        Debug.Assert(ReplyBufferBytes >= 2 * MinReplyRoomBytes, "a reply buffer holds more than one reply");
        Debug.Assert(UploadThresholdBytes <= ReadBufferBytes, "what is not an upload fits the read buffer");
        Debug.Assert(HeldCopyBytes < ReadBufferBytes, "held bytes leave room to read");
    }
}
