namespace AotKv.Protocol.Binary;

/// <summary>Why a binary request is bad. <see cref="BinaryReplies"/> says what to answer.</summary>
public enum BinaryError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>The first byte is not the one of a request: the connection is closed without a response.</summary>
    BadMagic,

    /// <summary>Extras and key are longer than the body: <see cref="BinaryStatus.UnknownCommand"/>, and the connection is closed.</summary>
    BodyTooShort,

    /// <summary>The body is longer than any item may be: <see cref="BinaryStatus.InvalidArguments"/>, and the connection is closed.</summary>
    BodyTooLong,

    /// <summary>
    /// The key is too long, or extras, key or value are missing or there where they must not be:
    /// <see cref="BinaryStatus.InvalidArguments"/>, and the connection is closed.
    /// </summary>
    BadShape,

    /// <summary>The opcode is not served: <see cref="BinaryStatus.UnknownCommand"/>, and the body is dropped.</summary>
    UnknownOpcode,
}
