namespace AotKv.Protocol.Meta;

/// <summary>The return codes of meta commands.</summary>
public enum MetaStatus : byte
{
    /// <summary><c>HD</c>: done; no value follows.</summary>
    Done,

    /// <summary><c>VA</c>: a value follows.</summary>
    Value,

    /// <summary><c>EN</c>: mg found nothing.</summary>
    Miss,

    /// <summary><c>NF</c>: there is no such item.</summary>
    NotFound,

    /// <summary><c>NS</c>: not stored.</summary>
    NotStored,

    /// <summary><c>EX</c>: the CAS id is another.</summary>
    Exists,
}
