// Relies on: nobody uses the bytes of a buffer after it was disposed of or has grown.
using System.Runtime.InteropServices;

namespace AotKv.Engine.Native;

/// <summary>Bytes outside of the managed heap that can grow: for values on their way into a store.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    private byte* _at;

    /// <summary>Bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes. What was not written holds anything.</summary>
    public Span<byte> Span => new(_at, Length);

    /// <summary>Gives the buffer another length; what it holds stays, as far as there is room.</summary>
    /// <param name="length">Bytes, at least 1.</param>
    /// <returns>False when the system has no memory: the buffer is as before.</returns>
    public bool TryResize(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        try
        {
            _at = (byte*)NativeMemory.Realloc(_at, (nuint)length);
            Length = length;
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_at);
        _at = null;
        Length = 0;
    }
}
