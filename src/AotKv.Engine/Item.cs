namespace AotKv.Engine;

/// <summary>One live item, as it stands in the log. Valid only while the stripe it was read under is locked.</summary>
public readonly ref struct Item
{
    internal Item(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong revision, long expiryMilliseconds, uint clientFlags)
    {
        Key = key;
        Value = value;
        Revision = revision;
        ExpiryMilliseconds = expiryMilliseconds;
        ClientFlags = clientFlags;
    }

    /// <summary>The key's bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value's bytes.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The item's revision: memcached's CAS id.</summary>
    public ulong Revision { get; }

    /// <summary>Milliseconds since 1970 (UTC); 0 never.</summary>
    public long ExpiryMilliseconds { get; }

    /// <summary>The client's flags.</summary>
    public uint ClientFlags { get; }
}
