namespace AotKv.Protocol.Binary;

/// <summary>What a binary request wants, whether it is quiet or not and whether the response has the key.</summary>
public enum BinaryCommand : byte
{
    /// <summary>No command: the opcode is not served.</summary>
    None,

    /// <summary>Get, GetQ, GetK, GetKQ.</summary>
    Get,

    /// <summary>Gat, GatQ, GatK, GatKQ: get and touch.</summary>
    Gat,

    /// <summary>Touch.</summary>
    Touch,

    /// <summary>Set, SetQ.</summary>
    Set,

    /// <summary>Add, AddQ.</summary>
    Add,

    /// <summary>Replace, ReplaceQ.</summary>
    Replace,

    /// <summary>Append, AppendQ.</summary>
    Append,

    /// <summary>Prepend, PrependQ.</summary>
    Prepend,

    /// <summary>Delete, DeleteQ.</summary>
    Delete,

    /// <summary>Increment, IncrementQ.</summary>
    Increment,

    /// <summary>Decrement, DecrementQ.</summary>
    Decrement,

    /// <summary>Flush, FlushQ.</summary>
    Flush,

    /// <summary>Noop.</summary>
    Noop,

    /// <summary>Version.</summary>
    Version,

    /// <summary>Quit, QuitQ.</summary>
    Quit,

    /// <summary>Stat.</summary>
    Stat,

    /// <summary>SASL list mechanisms.</summary>
    SaslList,

    /// <summary>SASL authenticate.</summary>
    SaslAuth,

    /// <summary>SASL step.</summary>
    SaslStep,
}
