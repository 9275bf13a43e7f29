using AotKv.Server.Buffers;

namespace AotKv.Server.Transport.Pipes;

/// <summary>Input that a session did not consume, in one piece, in native memory that the connections' budget accounts for.</summary>
internal struct HeldInput
{
    private NativeBlock _block;
    private int _length;

    public readonly bool IsEmpty => _length == 0;

    public readonly ReadOnlySpan<byte> Bytes => _block.Slice(0, _length);

    /// <summary>Puts bytes behind; false when there is no memory for them.</summary>
    public bool TryAppend(BlockPool pool, ReadOnlySpan<byte> bytes)
    {
        int needed = _length + bytes.Length;
        if (needed > _block.Length)
        {
            int size = (int)Math.Min(Math.Max(2L * _length, needed), int.MaxValue);
            if (_block.IsEmpty ? !pool.TryRent(size, out _block) : !pool.TryGrow(ref _block, size, _length))
            {
                return false;
            }
        }

        bytes.CopyTo(_block.Slice(_length, bytes.Length));
        _length = needed;
        return true;
    }

    /// <summary>Drops bytes from the front; an empty input gives its memory back.</summary>
    public void Consume(BlockPool pool, int bytes)
    {
        _length -= bytes;
        if (_length == 0)
        {
            Clear(pool);
        }
        else if (bytes > 0)
        {
            _block.Slice(bytes, _length).CopyTo(_block.Span);
        }
    }

    public void Clear(BlockPool pool)
    {
        pool.Return(_block);
        this = default;
    }
}
