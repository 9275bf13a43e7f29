namespace AotKv.Protocol.Binary;

/// <summary>The status of a binary response.</summary>
public enum BinaryStatus : ushort
{
    /// <summary>Done.</summary>
    Ok = 0x00,

    /// <summary>There is no such key.</summary>
    NotFound = 0x01,

    /// <summary>The key is there (Add), or its CAS id is another.</summary>
    Exists = 0x02,

    /// <summary>The item is larger than the limit.</summary>
    TooLarge = 0x03,

    /// <summary>The request has not the shape its opcode asks for.</summary>
    InvalidArguments = 0x04,

    /// <summary>Append or Prepend without an item.</summary>
    NotStored = 0x05,

    /// <summary>Increment or Decrement of a value that is no number.</summary>
    NonNumeric = 0x06,

    /// <summary>The client is not authenticated, or may not do this.</summary>
    AuthError = 0x20,

    /// <summary>The authentication goes on with a SASL step.</summary>
    AuthContinue = 0x21,

    /// <summary>The opcode is not served.</summary>
    UnknownCommand = 0x81,

    /// <summary>No memory.</summary>
    OutOfMemory = 0x82,
}
