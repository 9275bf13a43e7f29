namespace AotKv.Engine;

/// <summary>A read with what memcached's meta get may ask for beside the item.</summary>
public struct FetchRequest
{
    /// <summary>New expiry, milliseconds since 1970 (UTC), 0 never; used with <see cref="HasTouch"/> (T).</summary>
    public long TouchExpiryMilliseconds;

    /// <summary>Expiry of an item that is created empty when the key is absent; used with <see cref="HasVivify"/> (N).</summary>
    public long VivifyExpiryMilliseconds;

    /// <summary>When less than this is left until the item expires, one reader is told to fetch it anew; 0 off (R).</summary>
    public long RecacheMilliseconds;

    /// <summary>The CAS id of an item that is created; 0 draws one (E).</summary>
    public ulong VivifyCas;

    /// <summary>Give the item a new expiry.</summary>
    public bool HasTouch;

    /// <summary>Create an absent item.</summary>
    public bool HasVivify;

    /// <summary>The read does not count as an access (u).</summary>
    public bool NoAccess;

    /// <summary>The key was given as base64 (b).</summary>
    public bool HasBinaryKey;

    /// <summary>Only look: the item is neither touched nor marked, and an absent one is not created.</summary>
    public bool OnlyLook;

    /// <summary>The reader has room for <see cref="ValueLimit"/> bytes only.</summary>
    public bool HasValueLimit;

    /// <summary>
    /// An item with a longer value is only looked at, so that nothing has happened to it when the reader comes again with more room; used
    /// with <see cref="HasValueLimit"/>.
    /// </summary>
    public int ValueLimit;
}

/// <summary>What a <see cref="FetchRequest"/> found out beside the item.</summary>
public struct FetchMarks
{
    /// <summary>The item's expiry before the request, milliseconds since 1970 (UTC); 0 never.</summary>
    public long OldExpiryMilliseconds;

    /// <summary>When the item was written, milliseconds since 1970 (UTC).</summary>
    public long WrittenMilliseconds;

    /// <summary>The item was created by this request.</summary>
    public bool IsCreated;

    /// <summary>This reader is to fetch the item anew (W).</summary>
    public bool HasWon;

    /// <summary>Another reader was told so before (Z).</summary>
    public bool WasTokenSent;
}

/// <summary>A delete with what memcached's meta delete may ask for.</summary>
public struct DeleteRequest
{
    /// <summary>The CAS id the item must have; 0 any.</summary>
    public ulong Compare;

    /// <summary>The CAS id of the item that is left behind; 0 draws one (E).</summary>
    public ulong Cas;

    /// <summary>New expiry of the item that is left behind; used with <see cref="HasTouch"/> (T).</summary>
    public long TouchExpiryMilliseconds;

    /// <summary>Client flags of the item that is left behind, with <see cref="ClearValue"/> (F).</summary>
    public uint ClientFlags;

    /// <summary>Keep the item and mark it stale (I).</summary>
    public bool Invalidate;

    /// <summary>Keep the item and take its value, client flags and expiry away (x).</summary>
    public bool ClearValue;

    /// <summary>There is a new expiry.</summary>
    public bool HasTouch;
}

/// <summary>Arithmetic with what memcached's meta arithmetic may ask for.</summary>
public struct CountRequest
{
    /// <summary>How much.</summary>
    public ulong Delta;

    /// <summary>The value of an item that is created; used with <see cref="HasVivify"/> (J, N).</summary>
    public ulong Initial;

    /// <summary>The CAS id the item must have; 0 any.</summary>
    public ulong Compare;

    /// <summary>The CAS id of the changed item; 0 draws one (E).</summary>
    public ulong Cas;

    /// <summary>Expiry of an item that is created.</summary>
    public long VivifyExpiryMilliseconds;

    /// <summary>New expiry of an item that was there; used with <see cref="HasTouch"/> (T).</summary>
    public long TouchExpiryMilliseconds;

    /// <summary>Take instead of add.</summary>
    public bool Decrement;

    /// <summary>Create an absent item.</summary>
    public bool HasVivify;

    /// <summary>There is a new expiry.</summary>
    public bool HasTouch;

    /// <summary>The key was given as base64 (b).</summary>
    public bool HasBinaryKey;
}
