using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Binary;

/// <summary>
/// Parses the binary protocol: header, extras and key of a request. It keeps no state, owns no buffer and knows no socket. All numbers are
/// big endian.
/// </summary>
/// <remarks>
/// The rules are those of memcached 1.6.45 (protocol-binary.txt, and its behaviour where that says more). Every length is checked before
/// anything is done with it: a body of 2^32 - 1 bytes is refused when its header is there, and no more than 294 bytes are waited for.
/// </remarks>
public static partial class BinaryParser
{
    /// <summary>The first byte of a request.</summary>
    public const byte RequestMagic = 0x80;

    /// <summary>Bytes of a header.</summary>
    public const int HeaderLength = 24;

    /// <summary>The longest body in bytes that is read: 1 GiB, the largest item there can be.</summary>
    public const int MaxBodyLength = 1 << 30;

    /// <summary>The longest name of a SASL mechanism in bytes; a longer one is <see cref="BinaryStatus.InvalidArguments"/>.</summary>
    public const int MaxMechanismLength = 32;

    private const uint MaxKeyLength = Text.TextParser.MaxKeyLength;

    /// <summary>Parses the request at the start of the input. Its value is not looked at.</summary>
    /// <param name="input">The bytes received and not yet consumed.</param>
    /// <param name="request">The request; default on <see cref="ParseStatus.NeedMore"/>.</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> input, out BinaryRequest request)
    {
        request = default;
        if (input.Length < HeaderLength)
            return input.IsEmpty || input[0] == RequestMagic ? ParseStatus.NeedMore : Bad(ref request, BinaryError.BadMagic);
        if (input[0] != RequestMagic)
            return Bad(ref request, BinaryError.BadMagic);

        byte opcode = input[1];
        uint keyLength = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
        uint extrasLength = input[4];
        uint bodyLength = BinaryPrimitives.ReadUInt32BigEndian(input[8..]);
        int entry = opcode < Opcodes.Length ? Opcodes[opcode] : 0;
        BinaryError error = Check((Shape)(entry & ShapeMask), extrasLength, keyLength, bodyLength);
        int headLength = HeaderLength + (int)(extrasLength + keyLength);
        if (error == BinaryError.None && input.Length < headLength)
            return ParseStatus.NeedMore;

        request.Opcode = (BinaryOpcode)opcode;
        request.Command = (BinaryCommand)(entry & CommandMask);
        request.Opaque = BinaryPrimitives.ReadUInt32BigEndian(input[12..]);
        if (error != BinaryError.None)
        {
            request.SwallowLength = error == BinaryError.UnknownOpcode ? HeaderLength + (long)bodyLength : 0;
            return Bad(ref request, error);
        }

        request.IsQuiet = (entry & Quiet) != 0;
        request.WantsKey = (entry & WithKey) != 0;
        request.KeyOffset = (byte)(HeaderLength + extrasLength);
        request.KeyLength = (byte)keyLength;
        request.ValueLength = (int)(bodyLength - extrasLength - keyLength);
        request.Cas = BinaryPrimitives.ReadUInt64BigEndian(input[16..]);
        if (extrasLength != 0)
            ReadExtras(input.Slice(HeaderLength, (int)extrasLength), ref request);
        return ParseStatus.Done;
    }

    private static BinaryError Check(Shape shape, uint extras, uint key, uint body)
    {
        // Neither sum nor difference can leave the range: both lengths are small.
        if (extras + key > body)
            return BinaryError.BodyTooShort;
        if (body > MaxBodyLength)
            return BinaryError.BodyTooLong;
        if (key > MaxKeyLength)
            return BinaryError.BadShape;
        uint value = body - extras - key;
        bool good;
        switch (shape)
        {
            case Shape.Key:
                good = extras == 0 && key != 0 && value == 0;
                break;
            case Shape.Store:
                good = extras == 8 && key != 0;
                break;
            case Shape.Extend:
                good = extras == 0 && key != 0;
                break;
            case Shape.Count:
                good = extras == 20 && key != 0 && value == 0;
                break;
            case Shape.Touch:
                good = extras == 4 && key != 0 && value == 0;
                break;
            case Shape.Flush:
                good = extras is 0 or 4 && key == 0 && value == 0;
                break;
            case Shape.Stat:
                good = extras == 0 && value == 0;
                break;
            case Shape.Empty:
                good = body == 0;
                break;
            default:
                return BinaryError.UnknownOpcode;
        }

        return good ? BinaryError.None : BinaryError.BadShape;
    }

    // The length says which extras these are.
    private static void ReadExtras(ReadOnlySpan<byte> extras, ref BinaryRequest request)
    {
        switch (extras.Length)
        {
            case 8:
                request.ClientFlags = BinaryPrimitives.ReadUInt32BigEndian(extras);
                request.Exptime = BinaryPrimitives.ReadUInt32BigEndian(extras[4..]);
                break;
            case 20:
                request.Delta = BinaryPrimitives.ReadUInt64BigEndian(extras);
                request.Initial = BinaryPrimitives.ReadUInt64BigEndian(extras[8..]);
                request.Exptime = BinaryPrimitives.ReadUInt32BigEndian(extras[16..]);
                break;
            default:
                Debug.Assert(extras.Length == 4);
                request.Exptime = BinaryPrimitives.ReadUInt32BigEndian(extras);
                request.HasExptime = true;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Bad(ref BinaryRequest request, BinaryError error)
    {
        request.Error = error;
        return ParseStatus.Bad;
    }
}
