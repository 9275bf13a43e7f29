namespace AotKv.Engine.Transactions;

/// <summary>Bytes that stay where they are until the arena is cleared: what was computed may be read while more is added.</summary>
internal sealed class ChunkArena
{
    private const int ChunkBytes = 64 << 10;

    private readonly List<byte[]> _chunks = [];
    private int _current = -1;
    private int _used;

    /// <summary>Makes room.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="handle">Where it is.</param>
    public Span<byte> Add(int bytes, out long handle)
    {
        while (_current < 0 || _chunks[_current].Length - _used < bytes)
        {
            _current++;
            _used = 0;
            if (_current == _chunks.Count)
            {
                _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(bytes, ChunkBytes)));
            }
        }

        handle = ((long)_current << 32) | (uint)_used;
        _used += bytes;
        return _chunks[_current].AsSpan(_used - bytes, bytes);
    }

    public ReadOnlySpan<byte> Read(long handle, int bytes) => _chunks[(int)(handle >> 32)].AsSpan((int)handle, bytes);

    /// <summary>Forgets everything; ordinary chunks are kept for the next use, outsized ones are not.</summary>
    public void Clear()
    {
        _chunks.RemoveAll(static chunk => chunk.Length > ChunkBytes);
        _current = _chunks.Count > 0 ? 0 : -1;
        _used = 0;
    }
}
