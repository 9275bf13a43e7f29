namespace AotKv.Protocol.Binary;

/// <summary>
/// The opcodes of the binary protocol that are served; a name that ends in Q is a quiet one. 1b (verbosity) and 30 to 3c (ranges) are not
/// served by memcached either.
/// </summary>
public enum BinaryOpcode : byte
{
    /// <summary>Value and client flags of a key.</summary>
    Get = 0x00,

    /// <summary>Store in any case.</summary>
    Set = 0x01,

    /// <summary>Store only when absent.</summary>
    Add = 0x02,

    /// <summary>Store only when present.</summary>
    Replace = 0x03,

    /// <summary>Delete.</summary>
    Delete = 0x04,

    /// <summary>Add to a number.</summary>
    Increment = 0x05,

    /// <summary>Subtract from a number.</summary>
    Decrement = 0x06,

    /// <summary>Close the connection.</summary>
    Quit = 0x07,

    /// <summary>Invalidate all items.</summary>
    Flush = 0x08,

    /// <summary>Get, silent on a miss.</summary>
    GetQ = 0x09,

    /// <summary>Answered when everything before it has been.</summary>
    Noop = 0x0a,

    /// <summary>The server's version.</summary>
    Version = 0x0b,

    /// <summary>Get with the key in the response.</summary>
    GetK = 0x0c,

    /// <summary>GetK, silent on a miss.</summary>
    GetKQ = 0x0d,

    /// <summary>Put the data behind the present value.</summary>
    Append = 0x0e,

    /// <summary>Put the data before the present value.</summary>
    Prepend = 0x0f,

    /// <summary>Statistics.</summary>
    Stat = 0x10,

    /// <summary>Set, silent on success.</summary>
    SetQ = 0x11,

    /// <summary>Add, silent on success.</summary>
    AddQ = 0x12,

    /// <summary>Replace, silent on success.</summary>
    ReplaceQ = 0x13,

    /// <summary>Delete, silent on success.</summary>
    DeleteQ = 0x14,

    /// <summary>Increment, silent on success.</summary>
    IncrementQ = 0x15,

    /// <summary>Decrement, silent on success.</summary>
    DecrementQ = 0x16,

    /// <summary>Quit without a response.</summary>
    QuitQ = 0x17,

    /// <summary>Flush, silent on success.</summary>
    FlushQ = 0x18,

    /// <summary>Append, silent on success.</summary>
    AppendQ = 0x19,

    /// <summary>Prepend, silent on success.</summary>
    PrependQ = 0x1a,

    /// <summary>Set the time to live.</summary>
    Touch = 0x1c,

    /// <summary>Get and touch.</summary>
    Gat = 0x1d,

    /// <summary>Get and touch, silent on a miss.</summary>
    GatQ = 0x1e,

    /// <summary>The mechanisms of authentication there are.</summary>
    SaslList = 0x20,

    /// <summary>Begin an authentication.</summary>
    SaslAuth = 0x21,

    /// <summary>Go on with an authentication.</summary>
    SaslStep = 0x22,

    /// <summary>Get and touch with the key in the response.</summary>
    GatK = 0x23,

    /// <summary>GatK, silent on a miss.</summary>
    GatKQ = 0x24,
}
