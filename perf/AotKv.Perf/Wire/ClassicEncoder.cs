using System.Buffers.Text;

namespace AotKv.Perf.Wire;

/// <summary>Requests of memcached's classic text protocol.</summary>
public sealed class ClassicEncoder : IRequestEncoder
{
    /// <inheritdoc/>
    public int MaxBytes(int keys, int keyBytes, int valueBytes) => 64 + (keys * (keyBytes + 1)) + valueBytes;

    /// <inheritdoc/>
    public int Get(Span<byte> destination, ReadOnlySpan<byte> keys, int keyBytes)
    {
        var line = new Line(destination, "get"u8);
        for (int i = 0; i < keys.Length; i += keyBytes)
        {
            line.Word(keys.Slice(i, keyBytes));
        }

        return line.End();
    }

    /// <inheritdoc/>
    public int Set(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint clientFlags, int ttlSeconds)
    {
        var line = new Line(destination, "set"u8);
        line.Word(key);
        line.Number(clientFlags);
        line.Number((uint)ttlSeconds);
        line.Number((uint)value.Length);
        line.End();
        line.Raw(value);
        return line.End();
    }

    /// <inheritdoc/>
    public int Delete(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        var line = new Line(destination, "delete"u8);
        line.Word(key);
        return line.End();
    }

    /// <inheritdoc/>
    public int Increment(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        var line = new Line(destination, "incr"u8);
        line.Word(key);
        line.Number(1);
        return line.End();
    }

    /// <inheritdoc/>
    public int Touch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds)
    {
        var line = new Line(destination, "touch"u8);
        line.Word(key);
        line.Number((uint)ttlSeconds);
        return line.End();
    }

    /// <inheritdoc/>
    public int GetAndTouch(Span<byte> destination, ReadOnlySpan<byte> key, int ttlSeconds)
    {
        var line = new Line(destination, "gat"u8);
        line.Number((uint)ttlSeconds);
        line.Word(key);
        return line.End();
    }

    /// <summary>Writes words with one space before each.</summary>
    private ref struct Line
    {
        private readonly Span<byte> _destination;
        private int _at;

        public Line(Span<byte> destination, ReadOnlySpan<byte> command)
        {
            _destination = destination;
            Raw(command);
        }

        public void Raw(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_destination[_at..]);
            _at += bytes.Length;
        }

        public void Word(ReadOnlySpan<byte> word)
        {
            _destination[_at++] = (byte)' ';
            Raw(word);
        }

        public void Number(uint number)
        {
            _destination[_at++] = (byte)' ';
            Utf8Formatter.TryFormat(number, _destination[_at..], out int digits);
            _at += digits;
        }

        public int End()
        {
            Raw("\r\n"u8);
            return _at;
        }
    }
}
