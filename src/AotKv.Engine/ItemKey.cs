namespace AotKv.Engine;

/// <summary>A key with its hash. Made by <see cref="Store.Key(ReadOnlySpan{byte})"/>, so that one hash serves prefetch and lookup.</summary>
public readonly ref struct ItemKey
{
    internal ItemKey(ReadOnlySpan<byte> bytes, ulong hash)
    {
        Bytes = bytes;
        Hash = hash;
    }

    /// <summary>The key, 1 to 65,535 bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The store's keyed hash of the key: its low bits choose the stripe, its high bits the place in it.</summary>
    public ulong Hash { get; }
}
