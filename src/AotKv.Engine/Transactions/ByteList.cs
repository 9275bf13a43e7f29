using System.Buffers;
using System.Runtime.CompilerServices;

namespace AotKv.Engine.Transactions;

/// <summary>Bytes one behind the other in an array that is kept when they are forgotten. They move when it grows; offsets stay.</summary>
internal sealed class ByteList : IDisposable
{
    private const int FirstBytes = 256;

    private byte[] _bytes = [];

    /// <summary>Bytes in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that may still be added before it grows.</summary>
    public int Room => _bytes.Length - Count;

    /// <summary>All of them.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    /// <summary>Some of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Read(int at, int bytes) => _bytes.AsSpan(at, bytes);

    /// <summary>Adds bytes.</summary>
    /// <returns>Where they begin.</returns>
    /// <exception cref="InvalidOperationException">They would be more than 2 GB; nothing was added.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ReadOnlySpan<byte> added)
    {
        if (added.Length > _bytes.Length - Count)
        {
            Grow(added.Length);
        }

        int at = Count;
        added.CopyTo(_bytes.AsSpan(at));
        Count = at + added.Length;
        return at;
    }

    /// <summary>Forgets the bytes and keeps the array.</summary>
    public void Clear() => Count = 0;

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        Count = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        long wanted = Math.Max(Count + (long)bytes, Math.Max(_bytes.Length * 2L, FirstBytes));
        if (wanted > Array.MaxLength)
        {
            wanted = Count + (long)bytes <= Array.MaxLength ? Array.MaxLength : throw new InvalidOperationException("more bytes than an array can have");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent((int)wanted);
        Written.CopyTo(larger);
        byte[] old = _bytes;
        _bytes = larger;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
