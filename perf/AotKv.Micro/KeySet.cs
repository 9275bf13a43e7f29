using AotKv.Perf.Scenarios;

namespace AotKv.Micro;

/// <summary>
/// Keys for the measurements: stored in one order, asked for in either of two others that are random. Each order lies in memory
/// as it is walked, so that reading the keys themselves costs nothing and what is timed is the store's own trips to memory.
/// There are two because a store that writes a log has its records, after a pass of overwrites, in the order of that pass: the
/// next pass must come in another, or it would walk memory in order.
/// </summary>
internal sealed class KeySet
{
    /// <summary>Length of a key, bytes.</summary>
    public const int KeyBytes = 16;

    private readonly byte[] _stored;
    private readonly byte[][] _asked;
    private readonly byte[] _absent;
    private int _order;

    /// <summary>Makes the keys.</summary>
    /// <param name="count">How many.</param>
    public KeySet(int count)
    {
        Count = count;
        _stored = new byte[count * KeyBytes];
        _asked = [new byte[count * KeyBytes], new byte[count * KeyBytes]];
        _absent = new byte[count * KeyBytes];
        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
            Write(_stored, i, (byte)'k', (uint)i);
        }

        var random = new SplitMix(0x5EED);
        foreach (byte[] asked in _asked)
        {
            for (int i = count - 1; i > 0; i--)
            {
                int other = (int)random.Below((uint)i + 1);
                (order[i], order[other]) = (order[other], order[i]);
            }

            for (int i = 0; i < count; i++)
            {
                Write(asked, i, (byte)'k', (uint)order[i]);
            }
        }

        for (int i = 0; i < count; i++)
        {
            Write(_absent, i, (byte)'m', (uint)order[i]);
        }
    }

    /// <summary>How many keys.</summary>
    public int Count { get; }

    /// <summary>A key in the order of storing.</summary>
    public ReadOnlySpan<byte> Stored(int index) => _stored.AsSpan(index * KeyBytes, KeyBytes);

    /// <summary>A key in the present order of asking.</summary>
    public ReadOnlySpan<byte> Asked(int index) => _asked[_order].AsSpan(index * KeyBytes, KeyBytes);

    /// <summary>From now on keys are asked for in the other order: after a pass that has written in this one.</summary>
    public void TurnOrder() => _order = 1 - _order;

    /// <summary>A key that is never stored.</summary>
    public ReadOnlySpan<byte> Absent(int index) => _absent.AsSpan(index * KeyBytes, KeyBytes);

    /// <summary>Writes a key into a place of an array of keys.</summary>
    public static void Write(byte[] keys, int index, byte first, uint number)
    {
        Span<byte> key = keys.AsSpan(index * KeyBytes, KeyBytes);
        key.Fill((byte)'0');
        key[0] = first;
        for (int i = KeyBytes - 1; number > 0; i--)
        {
            key[i] = "0123456789abcdef"u8[(int)(number & 15)];
            number >>= 4;
        }
    }
}
