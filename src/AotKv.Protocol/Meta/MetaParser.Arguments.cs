using System.Runtime.CompilerServices;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Meta;

/// <content>Arguments of flags, and what is wrong with a line.</content>
public static partial class MetaParser
{
    // A mistake here does not end the walk: an unknown flag behind it is the error that is answered.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadArgument(ReadOnlySpan<byte> line, int start, int end, ref MetaRequest meta)
    {
        int argument = start + 1;
        bool isGiven = argument < end;
        switch (line[start])
        {
            case (byte)'O':
                meta.OpaqueOffset = start;
                meta.OpaqueLength = (byte)Math.Min(end - start, MaxOpaqueLength);
                if (end - start > MaxOpaqueLength && meta.Error == ProtocolError.None)
                    meta.Error = ProtocolError.OpaqueTooLong;
                break;
            case (byte)'T':
                if (!isGiven || !Numbers.TryShortInt32(line, argument, end, out meta.Ttl))
                    Blame(ProtocolError.BadFlagNumber, ref meta);
                break;
            case (byte)'F':
                // Memcached has no text of its own for this one, so that of another bad argument is answered if there is one.
                if ((!isGiven || !Numbers.TryShortUInt32(line, argument, end, out meta.ClientFlags)) && !IsBlamed(meta.Error))
                    meta.Error = Masked(ProtocolError.BadCommandLine, meta.Verb);
                break;
            case (byte)'M':
                if (!TryMode(isGiven ? line[argument] : (byte)' ', ref meta) && !IsBlamed(meta.Error))
                    meta.Error = meta.Verb == Verb.MetaSet ? ProtocolError.InvalidSetMode : ProtocolError.InvalidArithmeticMode;
                break;
            case (byte)'N':
                if (!isGiven || !Numbers.TryShortInt32(line, argument, end, out meta.VivifyTtl))
                    Blame(ProtocolError.BadFlagNumber, ref meta);
                break;
            case (byte)'R':
                if (!isGiven || !Numbers.TryShortInt32(line, argument, end, out meta.RecacheTtl))
                    Blame(ProtocolError.BadFlagNumber, ref meta);
                break;
            case (byte)'C':
                if (!isGiven || !Numbers.TryShortUInt64(line, argument, end, out meta.CompareCas))
                    Blame(ProtocolError.BadFlagNumber, ref meta);
                break;
            case (byte)'E':
                if (!isGiven || !Numbers.TryShortUInt64(line, argument, end, out meta.NewCas))
                    Blame(ProtocolError.BadFlagNumber, ref meta);
                break;
            case (byte)'D':
                if (!isGiven || !Numbers.TryShortUInt64(line, argument, end, out meta.Delta))
                    Blame(ProtocolError.BadFlagDelta, ref meta);
                break;
            default:
                if (!isGiven || !Numbers.TryShortUInt64(line, argument, end, out meta.Initial))
                    Blame(ProtocolError.BadFlagInitial, ref meta);
                break;
        }
    }

    // Only the first letter counts. A zero byte is no mode to memcached, and mg and md have none.
    private static bool TryMode(byte letter, ref MetaRequest meta)
    {
        if (letter == 0 || meta.Mode == MetaMode.None)
            return true;
        bool isSet = meta.Verb == Verb.MetaSet;
        MetaMode mode = letter switch
        {
            (byte)'S' when isSet => MetaMode.Set,
            (byte)'E' when isSet => MetaMode.Add,
            (byte)'R' when isSet => MetaMode.Replace,
            (byte)'A' when isSet => MetaMode.Append,
            (byte)'P' when isSet => MetaMode.Prepend,
            (byte)'I' or (byte)'+' when !isSet => MetaMode.Increment,
            (byte)'D' or (byte)'-' when !isSet => MetaMode.Decrement,
            _ => MetaMode.None,
        };
        if (mode == MetaMode.None)
            return false;
        meta.Mode = mode;
        return true;
    }

    // Of several bad arguments the last is answered, before a bad mode and that before a long opaque.
    private static void Blame(ProtocolError error, ref MetaRequest meta) => meta.Error = Masked(error, meta.Verb);

    private static bool IsBlamed(ProtocolError error) => error is not
        (ProtocolError.None or ProtocolError.OpaqueTooLong or ProtocolError.InvalidSetMode or ProtocolError.InvalidArithmeticMode);

    private static ProtocolError Masked(ProtocolError error, Verb verb) =>
        verb == Verb.MetaArithmetic ? ProtocolError.InvalidOrDuplicateFlag : error;

    // Why a line with an unknown or a repeated flag is bad: walks over its flags again, since other mistakes come first.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ProtocolError Refusal(ReadOnlySpan<byte> line, Words words, Verb verb)
    {
        Words all = words;
        int room = Room(verb);
        int count = 0;
        for (; all.Next(line, out int start, out _) && count < room + MaxSeenWords - MaxWords; count++)
        {
            if (!MayBegin(line[start]))
                return ProtocolError.BadCommandLine;
        }

        if (count > room)
            return Masked(ProtocolError.TooManyFlags, verb);
        MetaFlags seen = MetaFlags.None;
        while (words.Next(line, out int start, out _))
        {
            int index = line[start] - LetterBase;
            var flag = (MetaFlags)(1UL << index);
            if ((uint)index >= LetterCount || (flag & Known) == 0)
                break;
            if ((flag & seen) != 0)
                return Masked(ProtocolError.DuplicateFlag, verb);
            seen |= flag;
        }

        return Masked(ProtocolError.InvalidFlag, verb);
    }

    // Letters, digits and the six signs between upper and lower case; a line with another flag is no meta command to memcached.
    private static bool MayBegin(byte letter) => letter is (>= (byte)'A' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9');

    // Me knows one flag, and only right behind the key; other words are ignored.
    private static ParseStatus DebugCommand(ReadOnlySpan<byte> input, ref Request request, ref MetaRequest meta)
    {
        var words = new KeyList(input.Slice(request.KeyOffset + request.KeyLength, request.KeysLength - request.KeyLength));
        if (!words.MoveNext() || !words.Current.SequenceEqual("b"u8))
            return ParseStatus.Done;
        meta.Flags = MetaFlags.Base64Key;
        return Base64Key.IsGood(input.Slice(request.KeyOffset, request.KeyLength))
            ? ParseStatus.Done
            : Bad(ref request, ProtocolError.BadCommandLine);
    }

    private static ParseStatus Bad(ref Request request, ProtocolError error)
    {
        request.Error = error;
        if (request.Verb == Verb.MetaSet)
            request.SwallowLength = request.ValueLength + 2L;
        return ParseStatus.Bad;
    }
}
