using System.Numerics;
using System.Runtime.CompilerServices;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Meta;

/// <summary>Reads the flags of a meta command: the second step behind <see cref="TextParser.Parse"/>.</summary>
/// <remarks>
/// The rules are those of memcached 1.6.45. The errors of one line are answered in its order: a flag that can begin with no such byte, too
/// many words, the first unknown or repeated flag, a key that is not base64, the last bad argument, the mode, the opaque.
/// </remarks>
public static partial class MetaParser
{
    /// <summary>The longest opaque in bytes, its letter O included.</summary>
    public const int MaxOpaqueLength = 32;

    /// <summary>Most words in a line, with command and key.</summary>
    public const int MaxWords = 20;

    // Words that memcached parts a line into; what stands behind them is not looked at.
    private const int MaxSeenWords = 23;

    // Begins the numbers of the bits in MetaFlags.
    private const int LetterBase = 'A';
    private const int LetterCount = 'z' - 'A' + 1;

    private const MetaFlags Known = WithArgument
        | MetaFlags.Base64Key | MetaFlags.Invalidate | MetaFlags.ProxyHint | MetaFlags.ProxyPath | MetaFlags.Cas | MetaFlags.ClientFlags
        | MetaFlags.Fetched | MetaFlags.Key | MetaFlags.LastAccess | MetaFlags.Quiet | MetaFlags.Size | MetaFlags.Ttl | MetaFlags.NoBump | MetaFlags.Value
        | MetaFlags.RemoveValue;

    private const MetaFlags WithArgument = MetaFlags.CompareCas | MetaFlags.Delta | MetaFlags.NewCas | MetaFlags.SetClientFlags
        | MetaFlags.Initial | MetaFlags.Mode | MetaFlags.Vivify | MetaFlags.Opaque | MetaFlags.Recache | MetaFlags.SetTtl;

    // What a reply says of an item, in the order of the request; T and N are noted because they change what t says.
    private const MetaFlags OrderedByDelete = MetaFlags.Key | MetaFlags.Opaque;
    private const MetaFlags OrderedBySet = OrderedByDelete | MetaFlags.Cas | MetaFlags.Size;
    private const MetaFlags OrderedByArithmetic = OrderedByDelete | MetaFlags.Cas | MetaFlags.Ttl | MetaFlags.SetTtl | MetaFlags.Vivify;
    private const MetaFlags OrderedByGet =
        OrderedBySet | OrderedByArithmetic | MetaFlags.ClientFlags | MetaFlags.Fetched | MetaFlags.LastAccess;

    private static MetaFlags OrderedBy(Verb verb) => verb switch
    {
        Verb.MetaGet => OrderedByGet,
        Verb.MetaSet => OrderedBySet,
        Verb.MetaDelete => OrderedByDelete,
        _ => OrderedByArithmetic,
    };

    private static MetaMode ModeBy(Verb verb) => verb switch
    {
        Verb.MetaSet => MetaMode.Set,
        Verb.MetaArithmetic => MetaMode.Increment,
        _ => MetaMode.None,
    };

    /// <summary>Reads the flags. Nothing is kept between calls, so this may come right behind the parsing of the line or later.</summary>
    /// <param name="input">The bytes that the line was parsed from, at least all of the line.</param>
    /// <param name="request">
    /// What <see cref="TextParser.Parse"/> made of the line when it said Done. On Bad, <see cref="Request.Error"/> and
    /// <see cref="Request.SwallowLength"/> are set, as if that method had said so.
    /// </param>
    /// <param name="meta">The flags; means nothing on Bad. For a command that is no meta command, and for mn, nothing is set in it.</param>
    /// <returns>Done or Bad.</returns>
    public static ParseStatus Parse(ReadOnlySpan<byte> input, ref Request request, out MetaRequest meta)
    {
        meta = default;
        meta.Verb = request.Verb;
        if (request.Verb is < Verb.MetaGet or > Verb.MetaArithmetic)
            return request.Verb == Verb.MetaDebug ? DebugCommand(input, ref request, ref meta) : ParseStatus.Done;

        ReadOnlySpan<byte> line = input[..(request.KeyOffset + request.KeysLength)];
        Words words = Words.At(request.Number);
        int offset = 0;
        if (line.Length >= LineScan.BlockBytes)
        {
            offset = request.KeyOffset + request.KeyLength;
            words = FlagsOfLongLine(line[offset..], request.Verb);
        }

        ReadFlags(line[offset..], words, ref meta);
        meta.OpaqueOffset += offset;
        if (meta.Has(MetaFlags.Base64Key) && !Base64Key.IsGood(line.Slice(request.KeyOffset, request.KeyLength)))
            meta.Error = Masked(ProtocolError.KeyNotBase64, meta.Verb);
        return meta.Error == ProtocolError.None ? ParseStatus.Done : Bad(ref request, meta.Error);
    }

    // Of a line that is longer than a block, TextParser could not note where the flags are.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Words FlagsOfLongLine(ReadOnlySpan<byte> line, Verb verb)
    {
        var words = new Words(LineScan.Gaps(line, 0));

        // The length of the data stands before the flags.
        if (verb == Verb.MetaSet)
            words.Next(line, out _, out _);
        return words;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadFlags(ReadOnlySpan<byte> line, Words words, ref MetaRequest meta)
    {
        MetaFlags ordered = OrderedBy(meta.Verb);
        meta.Mode = ModeBy(meta.Verb);
        meta.Delta = 1;
        Words begin = words;
        MetaFlags seen = MetaFlags.None;
        ulong order = 0;
        int shift = 0;
        while (words.MayHaveNext(line) && words.Next(line, out int start, out int end))
        {
            int index = line[start] - LetterBase;
            var flag = (MetaFlags)(1UL << index);
            if ((uint)index >= LetterCount || (flag & Known & ~seen) == 0)
            {
                meta.Error = Refusal(line, begin, meta.Verb);
                return;
            }

            seen |= flag;
            if ((flag & ordered) != 0)
            {
                order |= (ulong)(index + 1) << shift;
                shift += MetaRequest.OrderBits;
            }

            if ((flag & WithArgument) != 0)
                ReadArgument(line, start, end, ref meta);
        }

        // No flag comes twice, so there are as many words as flags.
        if (BitOperations.PopCount((ulong)seen) > Room(meta.Verb))
        {
            meta.Error = Masked(ProtocolError.TooManyFlags, meta.Verb);
            return;
        }

        meta.Flags = seen;
        meta.Order = order;
    }

    // How many flags a line may have.
    private static int Room(Verb verb) => verb == Verb.MetaSet ? MaxWords - 3 : MaxWords - 2;
}
