using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AotKv.Server.Buffers;

/// <summary>
/// A piece of native memory with its length. Relies on: whoever holds the block is the only one who uses it, and it goes
/// back to the pool it came from exactly once; a default block has no memory and length 0.
/// </summary>
internal readonly unsafe struct NativeBlock
{
    public NativeBlock(byte* pointer, int length)
    {
        Debug.Assert(length >= 0, "a length");
        Pointer = pointer;
        Length = length;
    }

    public byte* Pointer { get; }

    /// <summary>Bytes of the block.</summary>
    public int Length { get; }

    public bool IsEmpty => Pointer == null;

    public Span<byte> Span => new(Pointer, Length);

    /// <summary>Part of the block.</summary>
    public Span<byte> Slice(int start, int length)
    {
        Debug.Assert((uint)start <= (uint)Length && (uint)length <= (uint)(Length - start), "inside the block");
        return new(Pointer + start, length);
    }

    /// <summary>Part of the block as a block; it is not given back by itself.</summary>
    public NativeBlock Part(int start, int length)
    {
        Debug.Assert((uint)start <= (uint)Length && (uint)length <= (uint)(Length - start), "inside the block");
        return new(Pointer + start, length);
    }

    /// <summary>Memory from the system, or an empty block when it has none.</summary>
    public static NativeBlock TryAllocate(int length)
    {
        try
        {
            return new((byte*)NativeMemory.Alloc((nuint)length), length);
        }
        catch (OutOfMemoryException)
        {
            return default;
        }
    }

    /// <summary>A longer block with the same beginning; an empty block, and this one still valid, when the system has no memory.</summary>
    public NativeBlock TryReallocate(int length)
    {
        try
        {
            return new((byte*)NativeMemory.Realloc(Pointer, (nuint)length), length);
        }
        catch (OutOfMemoryException)
        {
            return default;
        }
    }

    /// <summary>Gives the memory back to the system.</summary>
    public void Free() => NativeMemory.Free(Pointer);
}
