namespace AotKv.Protocol.Meta;

/// <summary>
/// What a reply may tell of an item. Only what the request asked for needs to be right: a CAS id for <see cref="MetaFlags.Cas"/>, and so on.
/// </summary>
public ref struct MetaItem
{
    /// <summary>The key as it is stored, 1 to 250 bytes.</summary>
    public ReadOnlySpan<byte> Key;

    /// <summary>The CAS id; 0 when ms did not store.</summary>
    public ulong Cas;

    /// <summary>Seconds to live from now on, or any negative number for an item that never expires.</summary>
    public long TtlSeconds;

    /// <summary>Seconds since the access before this one.</summary>
    public uint LastAccessSeconds;

    /// <summary>The client flags.</summary>
    public uint ClientFlags;

    /// <summary>Bytes of the value: of ms behind append and prepend the new length, of ma the digits of the number.</summary>
    public int Size;

    /// <summary>The key was given as base64 when the item was stored (ms: now); it is then written so.</summary>
    public bool IsBase64Key;

    /// <summary>The item was fetched before.</summary>
    public bool WasFetched;

    /// <summary>Marks of mg.</summary>
    public MetaMarks Marks;
}
