namespace AotKv.Engine;

/// <summary>What a <see cref="PutRequest"/> asks for beyond the usual (memcached's meta protocol).</summary>
[Flags]
public enum PutOptions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>
    /// With a comparison: when the item has a higher CAS id, store all the same, keep the old expiry, and mark the item stale (meta set's I).
    /// </summary>
    Invalidate = 1,

    /// <summary>The item gets <see cref="PutRequest.Cas"/> as its CAS id (E).</summary>
    SetCas = 2,

    /// <summary>Append and prepend create an absent item, with the request's client flags and expiry (N).</summary>
    Vivify = 4,

    /// <summary>The key was given as base64 (b).</summary>
    BinaryKey = 8,

    /// <summary>Tell the length of the value in <see cref="Outcome.Number"/> (s of meta set: it matters behind append and prepend).</summary>
    TellLength = 16,
}

/// <summary>A conditional store of one item.</summary>
public ref struct PutRequest
{
    /// <summary>The bytes to store, or to append or prepend.</summary>
    public ReadOnlySpan<byte> Value;

    /// <summary>When the item expires, milliseconds since 1970 (UTC); 0 never; a time that has passed stores an item nobody sees.</summary>
    public long ExpiryMilliseconds;

    /// <summary>The CAS id the present item must have when <see cref="HasCompare"/> is set.</summary>
    public ulong Compare;

    /// <summary>The CAS id to give the item, with <see cref="PutOptions.SetCas"/>.</summary>
    public ulong Cas;

    /// <summary>Opaque to the store; kept with the item.</summary>
    public uint ClientFlags;

    /// <summary>What to do when the key is, or is not, present.</summary>
    public StoreMode Mode;

    /// <summary>What else is asked for.</summary>
    public PutOptions Options;

    /// <summary>Store only when the present item's CAS id is <see cref="Compare"/>: a miss is NotFound, another id Exists.</summary>
    public bool HasCompare;
}
