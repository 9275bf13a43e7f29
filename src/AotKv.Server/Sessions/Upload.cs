using System.Diagnostics;
using AotKv.Server.Buffers;

namespace AotKv.Server.Sessions;

/// <summary>
/// A storage command's key and the part of its data block that has arrived, when the block is larger than a read. The memory
/// grows with the bytes that arrive, so an announced length costs nothing by itself.
/// </summary>
internal struct Upload
{
    private const int TerminatorBytes = 2;

    private NativeBlock _block;
    private int _keyLength;
    private int _total;
    private int _length;

    /// <summary>An upload is under way.</summary>
    public readonly bool IsActive => !_block.IsEmpty;

    /// <summary>Bytes still to come, terminator included.</summary>
    public readonly int Missing => _total - _length;

    /// <summary>The key.</summary>
    public readonly ReadOnlySpan<byte> Key => _block.Slice(0, _keyLength);

    /// <summary>The data block with its terminator, when it is complete.</summary>
    public readonly ReadOnlySpan<byte> Data => _block.Slice(_keyLength, _length - _keyLength);

    /// <summary>Begins an upload; false when there is no memory for it.</summary>
    public bool TryBegin(BlockPool pool, ReadOnlySpan<byte> key, int valueLength)
    {
        Debug.Assert(!IsActive, "one at a time");
        int total = key.Length + valueLength + TerminatorBytes;
        if (!pool.TryRent(Math.Min(total, ServerLimits.UploadFirstBytes), out _block))
        {
            return false;
        }

        _keyLength = key.Length;
        _total = total;
        _length = key.Length;
        key.CopyTo(_block.Span);
        return true;
    }

    /// <summary>Room for the next bytes, at least one; empty when there is no memory for them.</summary>
    public Span<byte> Room(BlockPool pool)
    {
        Debug.Assert(IsActive && Missing > 0, "something is to come");
        if (_length == _block.Length && !pool.TryGrow(ref _block, (int)Math.Min(_total, 2L * _block.Length), _length))
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
