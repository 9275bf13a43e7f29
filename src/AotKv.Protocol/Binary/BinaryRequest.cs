using System.Runtime.InteropServices;

namespace AotKv.Protocol.Binary;

/// <summary>
/// One parsed binary request. It holds offsets into the bytes that were parsed, not the bytes. Of a bad request only
/// <see cref="Opcode"/>, <see cref="Command"/>, <see cref="Opaque"/>, <see cref="Error"/> and <see cref="SwallowLength"/> mean something.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct BinaryRequest
{
    /// <summary>The opcode as sent, which the response repeats.</summary>
    public BinaryOpcode Opcode;

    /// <summary>What the opcode asks for.</summary>
    public BinaryCommand Command;

    /// <summary>Set when the parser said <see cref="ParseStatus.Bad"/>.</summary>
    public BinaryError Error;

    /// <summary>
    /// A quiet opcode: Get and Gat are not answered on a miss, the others not on success. Errors are always answered.
    /// </summary>
    public bool IsQuiet;

    /// <summary>Get and Gat: the response has the key, that to a miss (which then has no text) too.</summary>
    public bool WantsKey;

    /// <summary>Flush: an expiry time was given.</summary>
    public bool HasExptime;

    /// <summary>Length of the key in bytes, 0 to 250.</summary>
    public byte KeyLength;

    /// <summary>Offset of the key.</summary>
    public byte KeyOffset;

    /// <summary>
    /// Storage and SASL: bytes of the value, which stands behind the key and is not looked at by the parser; 0 for others. At most
    /// <see cref="BinaryParser.MaxBodyLength"/>.
    /// </summary>
    public int ValueLength;

    /// <summary>Storage: the client flags.</summary>
    public uint ClientFlags;

    /// <summary>
    /// Set, Add, Replace, Touch, Gat, Flush: the expiry time as sent: there are no negative ones. Increment and Decrement: that of an
    /// item that is created; 0xffffffff says not to create one.
    /// </summary>
    public uint Exptime;

    /// <summary>Bytes the client wants back in the response's header.</summary>
    public uint Opaque;

    /// <summary>The CAS id the item must have; 0 for any.</summary>
    public ulong Cas;

    /// <summary>Increment, Decrement: by how much.</summary>
    public ulong Delta;

    /// <summary>Increment, Decrement: the number of an item that is created.</summary>
    public ulong Initial;

    /// <summary>When bad and the connection is not closed: how many bytes from the start of the request belong to it and are to be dropped.</summary>
    public long SwallowLength;

    /// <summary>Bytes of header, extras and key: the value begins here.</summary>
    public readonly int HeadLength => KeyOffset + KeyLength;

    /// <summary>Says whether a client that must authenticate may send this before it has.</summary>
    public readonly bool IsAllowedBeforeLogin => Command is
        BinaryCommand.Version or BinaryCommand.SaslList or BinaryCommand.SaslAuth or BinaryCommand.SaslStep;
}
