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

    /// <summary>Puts a key together again whose hash <see cref="Store.Key(ReadOnlySpan{byte})"/> has made before, for a batch.</summary>
    /// <param name="bytes">The same bytes.</param>
    /// <param name="hash">The hash that the same store made of them.</param>
    public static ItemKey FromHash(ReadOnlySpan<byte> bytes, ulong hash) => new(bytes, hash);

    /// <summary>The key, 1 to 65,535 bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The store's keyed hash of the key: its low bits choose the stripe, its high bits the place in it.</summary>
    public ulong Hash { get; }

    /// <summary>The number of the key's namespace; 0 is the default one.</summary>
    public uint Namespace { get; }
}
