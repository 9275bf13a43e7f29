namespace AotKv.Protocol.Meta;

/// <summary>What ms and ma do, by the flag M.</summary>
public enum MetaMode : byte
{
    /// <summary>A command without modes.</summary>
    None,

    /// <summary>Ms <c>S</c>, its default: store in any case.</summary>
    Set,

    /// <summary>Ms <c>E</c>: store only when absent.</summary>
    Add,

    /// <summary>Ms <c>R</c>: store only when present.</summary>
    Replace,

    /// <summary>Ms <c>A</c>: put the data behind the present value.</summary>
    Append,

    /// <summary>Ms <c>P</c>: put the data before the present value.</summary>
    Prepend,

    /// <summary>Ma <c>I</c> or <c>+</c>, its default.</summary>
    Increment,

    /// <summary>Ma <c>D</c> or <c>-</c>.</summary>
    Decrement,
}
