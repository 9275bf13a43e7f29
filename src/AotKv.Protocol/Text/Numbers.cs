using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Text;

/// <summary>Reads decimal numbers from the words of a line: digits, and a minus sign where the type has one; no plus, no blank.</summary>
internal static class Numbers
{
    /// <summary>Longest word that memcached reads as a number of 32 bits, leading zeros included, except FLAGS and EXPTIME of a set.</summary>
    public const int MaxLetters32 = 11;

    private const int MaxLetters64 = 22;

    private const int EightBytes = 8;

    /// <summary>Reads an unsigned number of 64 bits. Leading zeros do not count.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where the word begins.</param>
    /// <param name="end">Where it ends, behind its start.</param>
    /// <param name="value">The number; means nothing when there is none.</param>
    /// <returns>False when a byte is no digit or the number does not fit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUInt64(ReadOnlySpan<byte> line, int start, int end, out ulong value)
    {
        Debug.Assert(start >= 0 && start < end && end <= line.Length);
        return end - start <= EightBytes && end >= EightBytes
            ? TryEightDigits(line, start, end, out value)
            : TryAnyDigits(line[start..end], out value);
    }

    /// <summary>Reads an unsigned number of 32 bits; otherwise as <see cref="TryUInt64"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUInt32(ReadOnlySpan<byte> line, int start, int end, out uint value)
    {
        value = (uint)line[start] - '0';
        return end - start == 1 ? value <= 9 : TryLongUInt32(line, start, end, out value);
    }

    /// <summary>Reads a signed number of 32 bits; otherwise as <see cref="TryUInt64"/>. A minus sign needs a digit behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryInt32(ReadOnlySpan<byte> line, int start, int end, out int value)
    {
        value = line[start] - '0';
        return end - start == 1 ? (uint)value <= 9 : TryLongInt32(line, start, end, out value);
    }

    /// <summary>As <see cref="TryUInt64"/>, but no word longer than memcached reads.</summary>
    public static bool TryShortUInt64(ReadOnlySpan<byte> line, int start, int end, out ulong value)
    {
        value = 0;
        return end - start <= MaxLetters64 && TryUInt64(line, start, end, out value);
    }

    /// <summary>As <see cref="TryUInt32"/>, but no word longer than memcached reads.</summary>
    public static bool TryShortUInt32(ReadOnlySpan<byte> line, int start, int end, out uint value)
    {
        value = 0;
        return end - start <= MaxLetters32 && TryUInt32(line, start, end, out value);
    }

    /// <summary>As <see cref="TryInt32"/>, but no word longer than memcached reads.</summary>
    public static bool TryShortInt32(ReadOnlySpan<byte> line, int start, int end, out int value)
    {
        value = 0;
        return end - start <= MaxLetters32 && TryInt32(line, start, end, out value);
    }

    private static bool TryLongUInt32(ReadOnlySpan<byte> line, int start, int end, out uint value)
    {
        bool good = TryUInt64(line, start, end, out ulong wide) && wide <= uint.MaxValue;
        value = (uint)wide;
        return good;
    }

    // Of two bytes or more, so that a digit, or something that is none, follows the sign.
    private static bool TryLongInt32(ReadOnlySpan<byte> line, int start, int end, out int value)
    {
        int minus = line[start] == '-' ? 1 : 0;
        value = 0;
        if (!TryUInt64(line, start + minus, end, out ulong wide) || wide > int.MaxValue + (ulong)minus)
            return false;
        value = minus == 0 ? (int)wide : (int)-(long)wide;
        return true;
    }

    // Eight digits at once: zeros are put before a shorter word, all bytes are checked together, then pairs, fours and eights are joined.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryEightDigits(ReadOnlySpan<byte> line, int start, int end, out ulong value)
    {
        Debug.Assert(end >= EightBytes && end <= line.Length && end - start is > 0 and <= EightBytes);
        ulong bytes = BinaryPrimitives.ReadUInt64LittleEndian(line[(end - EightBytes)..]) ^ 0x3030303030303030;
        int missing = (EightBytes - (end - start)) * 8;
        bytes = bytes >> missing << missing;
        ulong outside = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
        bytes = (bytes * 10) + (bytes >> 8);
        bytes = (((bytes & 0x000000FF000000FF) * 0x000F424000000064) + (((bytes >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
        value = outside == 0 ? (uint)bytes : 0;
        return outside == 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryAnyDigits(ReadOnlySpan<byte> word, out ulong value)
    {
        value = 0;
        ulong sum = 0;
        foreach (byte letter in word)
        {
            uint digit = (uint)letter - '0';
            if (digit > 9 || sum > (ulong.MaxValue - digit) / 10)
                return false;
            sum = (sum * 10) + digit;
        }

        value = sum;
        return true;
    }
}
