// Unsafe code. It relies on: the destination has the key's length and MaxValueHeaderExtra bytes, which is checked once, before anything
// is written; the longest line beside its key is "VALUE " (6), a space, 10 digits, a space, 10 digits, a space, 20 digits, CR LF: 51 bytes.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using CommunityToolkit.HighPerformance;

namespace AotKv.Protocol.Text;

/// <content>The lines before values.</content>
public static partial class TextComposer
{
    /// <summary>Writes <c>VALUE key flags bytes\r\n</c>.</summary>
    /// <param name="destination">At least the key's length and <see cref="MaxValueHeaderExtra"/> bytes.</param>
    /// <param name="key">The key.</param>
    /// <param name="clientFlags">The client flags.</param>
    /// <param name="valueLength">The value's length in bytes, 0 or more.</param>
    public static int ValueHeader(Span<byte> destination, ReadOnlySpan<byte> key, uint clientFlags, int valueLength)
    {
        ref byte start = ref Begin(destination, key);
        int length = WriteSizes(ref start, key.Length, clientFlags, valueLength);
        return EndLine(ref start, length);
    }

    /// <summary>Writes <c>VALUE key flags bytes cas\r\n</c>; otherwise as without the CAS id.</summary>
    public static int ValueHeader(Span<byte> destination, ReadOnlySpan<byte> key, uint clientFlags, int valueLength, ulong cas)
    {
        ref byte start = ref Begin(destination, key);
        int length = WriteSizes(ref start, key.Length, clientFlags, valueLength);
        Unsafe.Add(ref start, length++) = (byte)' ';
        length += Decimals.Write(ref Unsafe.Add(ref start, length), cas);
        return EndLine(ref start, length);
    }

    private static ref byte Begin(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        if (destination.Length < key.Length + MaxValueHeaderExtra)
            ThrowTooSmall();
        ref byte start = ref destination.DangerousGetReference();

        // Eight bytes in one store; what follows overwrites the last two.
        Unsafe.WriteUnaligned(ref start, Unsafe.ReadUnaligned<ulong>(ref "VALUE \0\0"u8.DangerousGetReference()));
        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref start, 6), ref key.DangerousGetReference(), (uint)key.Length);
        return ref start;
    }

    private static int WriteSizes(ref byte start, int keyLength, uint clientFlags, int valueLength)
    {
        int length = 6 + keyLength;
        Unsafe.Add(ref start, length++) = (byte)' ';
        length += Decimals.Write(ref Unsafe.Add(ref start, length), clientFlags);
        Unsafe.Add(ref start, length++) = (byte)' ';
        return length + Decimals.Write(ref Unsafe.Add(ref start, length), (uint)valueLength);
    }

    private static int EndLine(ref byte start, int length)
    {
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, length), Unsafe.ReadUnaligned<ushort>(ref "\r\n"u8.DangerousGetReference()));
        return length + 2;
    }

    [DoesNotReturn]
    private static void ThrowTooSmall() => throw new ArgumentException("The destination is shorter than the key and MaxValueHeaderExtra.");
}
