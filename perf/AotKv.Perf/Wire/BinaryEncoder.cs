using System.Buffers.Binary;

namespace AotKv.Perf.Wire;

/// <summary>
/// Requests of memcached's binary protocol. Gets ask for the key too, as the text protocols do; several keys are as many quiet gets with a
/// no-op behind them, in one piece.
/// </summary>
public sealed class BinaryEncoder : IRequestEncoder
{
    /// <summary>Bytes of every header, both ways.</summary>
    internal const int HeaderBytes = 24;

    internal const byte RequestMagic = 0x80;
    internal const byte NoopOpcode = 0x0a;

    private const byte SetOpcode = 0x01;
    private const byte DeleteOpcode = 0x04;
    private const byte IncrementOpcode = 0x05;
    private const byte GetKeyOpcode = 0x0c;
    private const byte GetKeyQuietlyOpcode = 0x0d;
    private const byte TouchOpcode = 0x1c;
    private const byte GetKeyAndTouchOpcode = 0x23;
    private const uint DoNotCreate = 0xffffffff;

    /// <inheritdoc/>
    public int MaxBytes(int keys, int keyBytes, int valueBytes) => 96 + (keys * (keyBytes + HeaderBytes)) + valueBytes;

    /// <inheritdoc/>
    public int Get(Span<byte> destination, ReadOnlySpan<byte> keys, int keyBytes)
    {
        bool many = keys.Length > keyBytes;
        int length = 0;
        for (int i = 0; i < keys.Length; i += keyBytes)
        {
            byte opcode = many ? GetKeyQuietlyOpcode : GetKeyOpcode;
            length += Packet(destination[length..], opcode, default, keys.Slice(i, keyBytes), default);
        }

        return many ? length + Packet(destination[length..], NoopOpcode, default, default, default) : length;
    }

    /// <inheritdoc/>
    public int Set(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint clientFlags, int ttlSeconds)
    {
        Span<byte> extras = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(extras, clientFlags);
        BinaryPrimitives.WriteInt32BigEndian(extras[4..], ttlSeconds);
        return Packet(destination, SetOpcode, extras, key, value);
    }

    /// <inheritdoc/>
    public int Delete(Span<byte> destination, ReadOnlySpan<byte> key) => Packet(destination, DeleteOpcode, default, key, default);

    /// <inheritdoc/>
    public int Increment(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        Span<byte> extras = stackalloc byte[20];
        BinaryPrimitives.WriteUInt64BigEndian(extras, 1);
        BinaryPrimitives.WriteUInt64BigEndian(extras[8..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(extras[16..], DoNotCreate);
        return Packet(destination, IncrementOpcode, extras, key, default);
    }

    /// <inheritdoc/>
    public int Touch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds) => WithTtl(destination, TouchOpcode, key, ttlSeconds);

    /// <inheritdoc/>
    public int GetAndTouch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds) =>
        WithTtl(destination, GetKeyAndTouchOpcode, key, ttlSeconds);

    private static int WithTtl(Span<byte> destination, byte opcode, ReadOnlySpan<byte> key, int ttlSeconds)
    {
        Span<byte> extras = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(extras, ttlSeconds);
        return Packet(destination, opcode, extras, key, default);
    }

    private static int Packet(
        Span<byte> destination, byte opcode, ReadOnlySpan<byte> extras, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        int body = extras.Length + key.Length + value.Length;
        destination[..HeaderBytes].Clear();
        destination[0] = RequestMagic;
        destination[1] = opcode;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)key.Length);
        destination[4] = (byte)extras.Length;
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], body);
        extras.CopyTo(destination[HeaderBytes..]);
        key.CopyTo(destination[(HeaderBytes + extras.Length)..]);
        value.CopyTo(destination[(HeaderBytes + extras.Length + key.Length)..]);
        return HeaderBytes + body;
    }
}
