using System.Diagnostics;
using AotKv.Server.Buffers;

namespace AotKv.Server.Sessions;

/// <summary>
/// A storage command's line or head and the part of its data block that has arrived, when the block is larger than a read. The memory
/// grows with the bytes that arrive, so an announced length costs nothing by itself.
/// </summary>
internal struct Upload
{
    private NativeBlock _block;
    private int _headLength;
    private int _total;
    private int _length;

    /// <summary>An upload is under way.</summary>
    public readonly bool IsActive => !_block.IsEmpty;

    /// <summary>Bytes still to come.</summary>
    public readonly int Missing => _total - _length;

    /// <summary>The request as far as its data block: offsets into the request are offsets into this.</summary>
    public readonly ReadOnlySpan<byte> Head => _block.Slice(0, _headLength);

    /// <summary>The data block, when it is complete.</summary>
    public readonly ReadOnlySpan<byte> Data => _block.Slice(_headLength, _length - _headLength);

    /// <summary>Begins an upload; false when there is no memory for it.</summary>
    /// <param name="pool">Where the memory comes from.</param>
    /// <param name="head">The request as far as its data block.</param>
    /// <param name="dataLength">Bytes of the data block, with the terminator that the text protocols have.</param>
    public bool TryBegin(BlockPool pool, ReadOnlySpan<byte> head, int dataLength)
    {
        Debug.Assert(!IsActive, "one at a time");
        int total = head.Length + dataLength;
        if (!pool.TryRent(Math.Min(total, ServerLimits.UploadFirstBytes), out _block))
        {
            return false;
        }

        _headLength = head.Length;
        _total = total;
        _length = head.Length;
        head.CopyTo(_block.Span);
        return true;
    }

    /// <summary>Room for the next bytes, at least one; empty when there is no memory for them.</summary>
    public Span<byte> Room(BlockPool pool)
    {
        Debug.Assert(IsActive && Missing > 0, "something is to come");
        if (_length == _block.Length && !pool.TryGrow(ref _block, (int)Math.Min(_total, (long)ServerLimits.UploadGrowth * _block.Length), _length))
        {
            return default;
        }

        return _block.Slice(_length, Math.Min(_block.Length, _total) - _length);
    }

    /// <summary>Takes over bytes that were written into the room.</summary>
    public void Advance(int bytes)
    {
        Debug.Assert((uint)bytes <= (uint)Missing, "not more than was announced");
        _length += bytes;
    }

    /// <summary>Gives the memory back.</summary>
    public void End(BlockPool pool)
    {
        pool.Return(_block);
        this = default;
    }
}
