namespace AotKv.Engine;

/// <summary>A key with its hash. Made by the store, so that one hash serves prefetch and lookup.</summary>
public readonly ref struct ItemKey
{
    internal ItemKey(ReadOnlySpan<byte> bytes, ulong hash, uint ns = 0)
    {
        Bytes = bytes;
        Hash = hash;
        Namespace = ns;
    }

    /// <summary>The key, 1 to 65,535 bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The store's keyed hash of the key: its low bits choose the stripe, its high bits the place in it.</summary>
    public ulong Hash { get; }

    /// <summary>The number of the key's namespace; 0 is the default one.</summary>
    public uint Namespace { get; }
}
