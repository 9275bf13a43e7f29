using System.Runtime.InteropServices;

namespace AotKv.Protocol;

/// <summary>
/// One parsed request line. It holds offsets into the bytes that were parsed, not the bytes, because the buffer below
/// may move before the request is executed. Which fields are set depends on <see cref="Verb"/>; of a bad request only
/// <see cref="Verb"/>, <see cref="Error"/>, <see cref="NoReply"/>, <see cref="LineLength"/> and <see cref="SwallowLength"/> mean something.
/// </summary>
/// <remarks>
/// Of a meta command this holds the key and the length of the data; <see cref="Meta.MetaParser"/> reads its flags in a second step, so that
/// the other commands do not carry them.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public struct Request
{
    /// <summary>The command, of a bad request too; <see cref="Protocol.Verb.None"/> when no command was known.</summary>
    public Verb Verb;

    /// <summary>Set when the parser said <see cref="ParseStatus.Bad"/>.</summary>
    public ProtocolError Error;

    /// <summary>
    /// The last word was <c>noreply</c>: every reply, errors included, is suppressed. Never set for retrieval, <c>stats</c>,
    /// <c>version</c>, <c>quit</c>, <c>watch</c> and the meta commands, which have no such word, nor for a line with too few words or a bad
    /// length of its data, which memcached answers too.
    /// </summary>
    public bool NoReply;

    /// <summary>Bytes of the line with its terminator; a storage command's data block begins here. 0 when the line is too long.</summary>
    public int LineLength;

    /// <summary>Offset of the first key, or of the first argument of a command whose arguments are raw (<c>stats</c>, <c>slabs</c>).</summary>
    public int KeyOffset;

    /// <summary>
    /// Length of the first key in bytes, 1 to 250; 0 for commands without a key. A meta command's key is counted as it was sent, in base64
    /// if the flag b says so.
    /// </summary>
    public int KeyLength;

    /// <summary>
    /// Retrieval, meta commands and commands with raw arguments: bytes from <see cref="KeyOffset"/> to the end of the line without its
    /// terminator. Walk them with <see cref="Text.KeyList"/>; every key in them has been checked. Equal to
    /// <see cref="KeyLength"/> when there is one key and nothing behind it.
    /// </summary>
    public int KeysLength;

    /// <summary>Storage: client flags, as sent.</summary>
    public uint ClientFlags;

    /// <summary>Storage, touch, gat, flush_all: the expiry time as sent (see memcached's rules for its meaning).</summary>
    public int Exptime;

    /// <summary>Flush_all: an expiry time was given.</summary>
    public bool HasExptime;

    /// <summary>Storage and ms: bytes of the data block without its CR LF.</summary>
    public int ValueLength;

    /// <summary>Cas: the CAS id. Incr, decr: the delta. Verbosity: the level, 0 to 2. Meta commands: the parser's own.</summary>
    public ulong Number;

    /// <summary>
    /// When bad: how many bytes behind the line belong to the bad request (a data block with its CR LF) and are to be
    /// dropped before the error is answered.
    /// </summary>
    public long SwallowLength;
}
