using System.Diagnostics.CodeAnalysis;

namespace AotKv.Protocol;

/// <summary>Exceptions for mistakes of the caller, out of the way of the code that works.</summary>
internal static class Throw
{
    [DoesNotReturn]
    public static int TooSmall() => throw new ArgumentException("The destination is smaller than the method's room.");
}
