using System.Buffers.Text;

namespace AotKv.Perf.Wire;

/// <summary>
/// Requests of memcached's meta protocol. They ask for what the classic ones are answered with: key, client flags and value. Several
/// keys are as many quiet gets with a no-op behind them, in one piece.
/// </summary>
public sealed class MetaEncoder : IRequestEncoder
{
    private const int ExtraPerKey = 24;

    /// <inheritdoc/>
    public int MaxBytes(int keys, int keyBytes, int valueBytes) => 96 + (keys * (keyBytes + ExtraPerKey)) + valueBytes;

    /// <inheritdoc/>
    public int Get(Span<byte> destination, ReadOnlySpan<byte> keys, int keyBytes)
    {
        bool many = keys.Length > keyBytes;
        int length = 0;
        for (int i = 0; i < keys.Length; i += keyBytes)
        {
            length += Join(destination[length..], "mg "u8, keys.Slice(i, keyBytes), many ? " k f v q\r\n"u8 : " k f v\r\n"u8);
        }

        return many ? length + Join(destination[length..], "mn\r\n"u8, default, default) : length;
    }

    /// <inheritdoc/>
    public int Set(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint clientFlags, int ttlSeconds)
    {
        int length = Join(destination, "ms "u8, key, " "u8);
        length += Number(destination[length..], (uint)value.Length);
        if (clientFlags != 0)
        {
            length += Join(destination[length..], " F"u8, default, default);
            length += Number(destination[length..], clientFlags);
        }

        length += Ttl(destination[length..], ttlSeconds);
        return length + Join(destination[length..], "\r\n"u8, value, "\r\n"u8);
    }

    /// <inheritdoc/>
    public int Delete(Span<byte> destination, ReadOnlySpan<byte> key) => Join(destination, "md "u8, key, "\r\n"u8);

    /// <inheritdoc/>
    public int Increment(Span<byte> destination, ReadOnlySpan<byte> key) => Join(destination, "ma "u8, key, " v\r\n"u8);

    /// <inheritdoc/>
    public int Touch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds)
    {
        int length = Join(destination, "mg "u8, key, " T"u8);
        length += Number(destination[length..], (uint)ttlSeconds);
        return length + Join(destination[length..], "\r\n"u8, default, default);
    }

    /// <inheritdoc/>
    public int GetAndTouch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds)
    {
        int length = Join(destination, "mg "u8, key, " k f v T"u8);
        length += Number(destination[length..], (uint)ttlSeconds);
        return length + Join(destination[length..], "\r\n"u8, default, default);
    }

    private static int Ttl(Span<byte> destination, int ttlSeconds)
    {
        if (ttlSeconds == 0)
        {
            return 0;
        }

        int length = Join(destination, " T"u8, default, default);
        return length + Number(destination[length..], (uint)ttlSeconds);
    }

    private static int Number(Span<byte> destination, uint number)
    {
        Utf8Formatter.TryFormat(number, destination, out int digits);
        return digits;
    }

    private static int Join(Span<byte> destination, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        first.CopyTo(destination);
        second.CopyTo(destination[first.Length..]);
        third.CopyTo(destination[(first.Length + second.Length)..]);
        return first.Length + second.Length + third.Length;
    }
}
