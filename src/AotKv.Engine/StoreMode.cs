namespace AotKv.Engine;

/// <summary>What a <see cref="PutRequest"/> does with an item that is, or is not, there already.</summary>
public enum StoreMode : byte
{
    /// <summary>Store, whether or not the key is present.</summary>
    Set,

    /// <summary>Store only when the key is absent.</summary>
    Add,

    /// <summary>Store only when the key is present.</summary>
    Replace,

    /// <summary>Put the bytes behind the present value; client flags and expiry stay.</summary>
    Append,

    /// <summary>Put the bytes before the present value; client flags and expiry stay.</summary>
    Prepend,
}
