using System.Diagnostics.CodeAnalysis;

namespace AotKv.Engine;

/// <summary>Exceptions for what only a wrong set-up or an exhausted machine can cause; out of line, so that callers stay small.</summary>
internal static unsafe class Throw
{
    /// <summary>Passes a mapping on, or says that the system has no memory for it.</summary>
    public static byte* IfNoMemory(byte* mapped, long bytes)
    {
        if (mapped == null)
        {
            NoMemory(bytes);
        }

        return mapped;
    }

    [DoesNotReturn]
    public static void OutOfRange(string name, object value, string range) =>
        throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}");

    [DoesNotReturn]
    private static void NoMemory(long bytes) =>
        throw new InsufficientMemoryException($"the system refused {bytes} bytes of memory for the store");
}
