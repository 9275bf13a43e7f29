// Unsafe code. It relies on: the destination has MaxLineLength bytes, the key at most 250 and the opaque at most 32, which is checked
// before anything is written. The longest line then is "VA " and 10 digits (13), c (22), f (12), h (3), k with 336 letters of base64 and
// " b" (340), l (12), O (33), s (12), t (21), marks (6), CR LF (2): 476 bytes. A number touches at most 20 bytes from its first digit on.
// No letter comes twice in the order of a request.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotKv.Protocol.Text;
using CommunityToolkit.HighPerformance;

namespace AotKv.Protocol.Meta;

/// <content>The lines that tell what the request asked for.</content>
public static partial class MetaComposer
{
    /// <summary>
    /// Writes the line of a reply that has an item to tell of: mg and ma when the item is there, ms with every return code. Behind
    /// <see cref="MetaStatus.Value"/> the value and CR LF follow.
    /// </summary>
    /// <param name="destination">At least <see cref="MaxLineLength"/> bytes.</param>
    /// <param name="request">The flags of the request; their order is the order of the reply.</param>
    /// <param name="status">The return code.</param>
    /// <param name="item">The item.</param>
    /// <param name="opaque">The opaque with its letter; empty when the request has none.</param>
    public static int WithItem(
        Span<byte> destination, in MetaRequest request, MetaStatus status, in MetaItem item, ReadOnlySpan<byte> opaque)
    {
        ref byte start = ref Begin(destination, item.Key, opaque);
        int length = Code(ref start, status);
        if (status == MetaStatus.Value)
            length = 3 + Decimals.Write(ref Unsafe.Add(ref start, 3), (uint)item.Size);

        for (ulong order = request.Order; order != 0; order >>= MetaRequest.OrderBits)
        {
            int letter = ((int)order & MetaRequest.OrderMask) + MetaRequest.OrderBase;
            ref byte at = ref Unsafe.Add(ref start, length);
            switch (letter)
            {
                case 'c':
                    length += Number(ref at, 'c', item.Cas);
                    break;
                case 'f':
                    length += Number(ref at, 'f', item.ClientFlags);
                    break;
                case 'h':
                    length += Pair(ref at, ' ', 'h');
                    Unsafe.Add(ref start, length++) = (byte)(item.WasFetched ? '1' : '0');
                    break;
                case 'k':
                    length += Key(ref at, item.Key, item.IsBase64Key);
                    break;
                case 'l':
                    length += Number(ref at, 'l', item.LastAccessSeconds);
                    break;
                case 'O':
                    length += Opaque(ref at, opaque);
                    break;
                case 's':
                    length += Number(ref at, 's', (uint)item.Size);
                    break;
                case 't':
                    length += Ttl(ref at, item.TtlSeconds);
                    break;
            }
        }

        if (item.Marks != MetaMarks.None)
            length += Marks(ref Unsafe.Add(ref start, length), item.Marks);
        length += Pair(ref Unsafe.Add(ref start, length), '\r', '\n');
        Debug.Assert(length <= MaxLineLength);
        return length;
    }

    /// <summary>
    /// Writes the line of a reply that has none: <c>EN</c>, <c>NF</c> and <c>EX</c> of mg and ma, and all of md. Only k and O are answered.
    /// </summary>
    /// <param name="destination">At least <see cref="MaxLineLength"/> bytes.</param>
    /// <param name="request">The flags of the request; their order is the order of the reply.</param>
    /// <param name="status">The return code.</param>
    /// <param name="key">The key of the request, decoded if it was base64.</param>
    /// <param name="opaque">The opaque with its letter; empty when the request has none.</param>
    public static int WithoutItem(
        Span<byte> destination, in MetaRequest request, MetaStatus status, ReadOnlySpan<byte> key, ReadOnlySpan<byte> opaque)
    {
        ref byte start = ref Begin(destination, key, opaque);
        int length = Code(ref start, status);
        for (ulong order = request.Order; order != 0; order >>= MetaRequest.OrderBits)
        {
            int letter = ((int)order & MetaRequest.OrderMask) + MetaRequest.OrderBase;
            if (letter == 'O')
                length += Opaque(ref Unsafe.Add(ref start, length), opaque);
            else if (letter == 'k')
                length += Key(ref Unsafe.Add(ref start, length), key, request.Has(MetaFlags.Base64Key));
        }

        return length + Pair(ref Unsafe.Add(ref start, length), '\r', '\n');
    }

    private static ref byte Begin(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> opaque)
    {
        if (destination.Length < MaxLineLength || key.Length > TextParser.MaxKeyLength || opaque.Length > MetaParser.MaxOpaqueLength)
            Throw.TooSmall();
        return ref destination.DangerousGetReference();
    }

    // The return code; the two bytes behind it are overwritten, or are the space before a value's length.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Code(ref byte at, MetaStatus status)
    {
        Debug.Assert(status <= MetaStatus.Exists);
        ref byte codes = ref "HD  VA  EN  NF  NS  EX  "u8.DangerousGetReference();
        Unsafe.WriteUnaligned(ref at, Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref codes, (int)status * 4)));
        return 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Pair(ref byte at, char first, char second)
    {
        at = (byte)first;
        Unsafe.Add(ref at, 1) = (byte)second;
        return 2;
    }

    private static int Number(ref byte at, char letter, ulong number)
    {
        Pair(ref at, ' ', letter);
        return 2 + Decimals.Write(ref Unsafe.Add(ref at, 2), number);
    }

    private static int Ttl(ref byte at, long seconds)
    {
        if (seconds >= 0)
            return Number(ref at, 't', (ulong)seconds);
        Pair(ref at, ' ', 't');
        return 2 + Pair(ref Unsafe.Add(ref at, 2), '-', '1');
    }

    private static int Opaque(ref byte at, ReadOnlySpan<byte> opaque)
    {
        at = (byte)' ';
        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref at, 1), ref opaque.DangerousGetReference(), (uint)opaque.Length);
        return 1 + opaque.Length;
    }

    private static int Key(ref byte at, ReadOnlySpan<byte> key, bool isBase64)
    {
        Pair(ref at, ' ', 'k');
        if (isBase64)
            return 2 + EncodedKey(ref Unsafe.Add(ref at, 2), key);
        Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref at, 2), ref key.DangerousGetReference(), (uint)key.Length);
        return 2 + key.Length;
    }

    private static int EncodedKey(ref byte at, ReadOnlySpan<byte> key)
    {
        int length = Base64Key.Encode(MemoryMarshal.CreateSpan(ref at, Base64Key.MaxEncodedLength), key);
        return length + Pair(ref Unsafe.Add(ref at, length), ' ', 'b');
    }

    private static int Marks(ref byte at, MetaMarks marks)
    {
        int length = 0;
        if ((marks & MetaMarks.AlreadyWon) != 0)
            length += Pair(ref Unsafe.Add(ref at, length), ' ', 'Z');
        if ((marks & MetaMarks.Stale) != 0)
            length += Pair(ref Unsafe.Add(ref at, length), ' ', 'X');
        if ((marks & MetaMarks.Won) != 0)
            length += Pair(ref Unsafe.Add(ref at, length), ' ', 'W');
        return length;
    }
}
