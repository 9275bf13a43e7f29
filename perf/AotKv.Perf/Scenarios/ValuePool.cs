namespace AotKv.Perf.Scenarios;

/// <summary>
/// The bytes of values. The value of a key is the beginning, as long as it needs to be, of a stretch of random letters that
/// belongs to the key; so a reader can check every byte it gets without knowing which write it sees, and a value that
/// belongs to another key does not pass (but for one pair of keys in 65,536).
/// </summary>
public sealed class ValuePool
{
    private const int Starts = 1 << 16;

    private readonly byte[] _letters;

    /// <summary>Makes the letters.</summary>
    /// <param name="maxBytes">The longest value.</param>
    public ValuePool(int maxBytes)
    {
        _letters = GC.AllocateUninitializedArray<byte>(maxBytes + Starts, pinned: true);
        var random = new SplitMix(0xA07C5);
        for (int i = 0; i < _letters.Length; i++)
        {
            _letters[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"u8[(int)(random.Next() >> 58)];
        }
    }

    /// <summary>A stretch of a key's value.</summary>
    /// <param name="key">The key's number.</param>
    /// <param name="offset">Where in the value the stretch begins.</param>
    /// <param name="length">Its length; offset and length together are at most the longest value.</param>
    public ReadOnlySpan<byte> Slice(uint key, int offset, int length) =>
        _letters.AsSpan((int)(SplitMix.Mix(key) & (Starts - 1)) + offset, length);
}
