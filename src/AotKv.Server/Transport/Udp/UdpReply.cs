using AotKv.Server.Buffers;

namespace AotKv.Server.Transport.Udp;

/// <summary>The replies to one datagram, in one piece of native memory that the connections' budget accounts for.</summary>
internal struct UdpReply
{
    private NativeBlock _block;

    /// <summary>Bytes of reply.</summary>
    public int Length { get; private set; }

    /// <summary>Room behind them.</summary>
    public readonly Span<byte> Free => _block.Slice(Length, _block.Length - Length);

    /// <summary>Begins an empty reply; false when there is no memory for it.</summary>
    public bool TryBegin(BlockPool pool, int bytes) => pool.TryRent(bytes, out _block);

    /// <summary>Counts bytes that were written into the room.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Makes room for so many bytes more; false when there is no memory for them, or the reply would pass a bound.</summary>
    public bool TryGrow(BlockPool pool, int bytes, int most)
    {
        long needed = (long)Length + bytes;
        if (needed <= _block.Length)
        {
            return true;
        }

        return needed <= most && pool.TryGrow(ref _block, (int)Math.Min(Math.Max(needed, 2L * _block.Length), most), Length);
    }

    /// <summary>Says something short instead of what was written; nothing when there is no memory even for that.</summary>
    public void Replace(ReadOnlySpan<byte> text)
    {
        Length = _block.Length >= text.Length ? text.Length : 0;
        text[..Length].CopyTo(_block.Span);
    }

    /// <summary>Copies what one datagram takes; returns how much that is.</summary>
    public readonly int CopyTo(int start, Span<byte> destination)
    {
        int length = Math.Min(Length - start, destination.Length);
        _block.Slice(start, length).CopyTo(destination);
        return length;
    }

    /// <summary>Gives the memory back.</summary>
    public void Clear(BlockPool pool)
    {
        pool.Return(_block);
        this = default;
    }
}
