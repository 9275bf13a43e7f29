using System.Numerics;
using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Text;

/// <content>The arguments of each command. The order of the checks is memcached's: it decides which error is answered.</content>
public static partial class TextParser
{
    private const ulong MaxVerbosity = 2;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Retrieval(ReadOnlySpan<byte> line, Words words, Verb verb, ref Request request)
    {
        request.Verb = verb;
        return words.Next(line, out int key, out int keyEnd)
            ? Keys(line, key, keyEnd, ref request)
            : Bad(ref request, ProtocolError.BadCommandLine);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus RetrievalWithTouch(ReadOnlySpan<byte> line, Words words, Verb verb, ref Request request)
    {
        request.Verb = verb;
        if (!words.Next(line, out int exptime, out int exptimeEnd) || !words.Next(line, out int key, out int keyEnd))
            return Bad(ref request, ProtocolError.BadCommandLine);
        return Numbers.TryShortInt32(line, exptime, exptimeEnd, out request.Exptime)
            ? Keys(line, key, keyEnd, ref request)
            : Bad(ref request, ProtocolError.InvalidExptime);
    }

    // A retrieval has no noreply: that word is one more key.
    private static ParseStatus Keys(ReadOnlySpan<byte> line, int key, int keyEnd, ref Request request)
    {
        request.KeyOffset = key;
        request.KeyLength = keyEnd - key;
        request.KeysLength = line.Length - key;
        return request.KeysLength <= MaxKeyLength || !LineScan.HasLongerWord(line[key..], MaxKeyLength)
            ? ParseStatus.Done
            : Bad(ref request, ProtocolError.BadCommandLine);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Storage(ReadOnlySpan<byte> line, Words words, Verb verb, ref Request request)
    {
        request.Verb = verb;

        // Without a good BYTES nobody knows where the data ends: it is then parsed as commands, and noreply is not looked for.
        if (!words.Next(line, out int key, out int keyEnd)
            || !words.Next(line, out int flags, out int flagsEnd)
            || !words.Next(line, out int exptime, out int exptimeEnd)
            || !words.Next(line, out int bytes, out int bytesEnd)
            || !ReadLength(line, bytes, bytesEnd, out request.ValueLength))
            return Bad(ref request, ProtocolError.BadCommandLine);

        request.KeyOffset = key;
        request.KeyLength = keyEnd - key;
        request.NoReply = EndsWithNoReply(line);
        if (keyEnd - key <= MaxKeyLength
            && Numbers.TryUInt32(line, flags, flagsEnd, out request.ClientFlags)
            && Numbers.TryInt32(line, exptime, exptimeEnd, out request.Exptime)
            && (verb != Verb.Cas || (words.Next(line, out int cas, out int casEnd) && Numbers.TryShortUInt64(line, cas, casEnd, out request.Number))))
            return ParseStatus.Done;

        request.SwallowLength = request.ValueLength + 2L;
        return Bad(ref request, ProtocolError.BadCommandLine);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Arithmetic(ReadOnlySpan<byte> line, Words words, Verb verb, ref Request request)
    {
        request.Verb = verb;
        if (!KeyAndWord(line, words, ref request, out int delta, out int deltaEnd))
            return Bad(ref request, ProtocolError.BadCommandLine);
        return Numbers.TryShortUInt64(line, delta, deltaEnd, out request.Number) ? ParseStatus.Done : Bad(ref request, ProtocolError.InvalidDelta);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Touch(ReadOnlySpan<byte> line, Words words, ref Request request)
    {
        request.Verb = Verb.Touch;
        if (!KeyAndWord(line, words, ref request, out int exptime, out int exptimeEnd))
            return Bad(ref request, ProtocolError.BadCommandLine);
        return Numbers.TryShortInt32(line, exptime, exptimeEnd, out request.Exptime)
            ? ParseStatus.Done
            : Bad(ref request, ProtocolError.InvalidExptime);
    }

    // False: there are too few words, or the key is too long.
    private static bool KeyAndWord(ReadOnlySpan<byte> line, Words words, ref Request request, out int word, out int wordEnd)
    {
        if (!words.Next(line, out int key, out int keyEnd) | !words.Next(line, out word, out wordEnd))
            return false;
        request.KeyOffset = key;
        request.KeyLength = keyEnd - key;
        request.NoReply = EndsWithNoReply(line);
        return keyEnd - key <= MaxKeyLength;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Delete(ReadOnlySpan<byte> line, Words words, ref Request request)
    {
        request.Verb = Verb.Delete;
        if (!words.Next(line, out int key, out int keyEnd))
            return Bad(ref request, ProtocolError.BadCommandLine);
        request.KeyOffset = key;
        request.KeyLength = keyEnd - key;
        bool plain = keyEnd == line.Length || !words.Next(line, out _, out _);
        request.NoReply = !plain && EndsWithNoReply(line);
        if (keyEnd - key > MaxKeyLength)
            return Bad(ref request, ProtocolError.BadCommandLine);
        return plain || IsDeleteTail(line[keyEnd..]) ? ParseStatus.Done : Bad(ref request, ProtocolError.DeleteUsage);
    }

    // What may follow the key: a 0, which once was a delay and which old clients still send; then noreply.
    private static bool IsDeleteTail(ReadOnlySpan<byte> tail)
    {
        var words = new KeyList(tail);
        bool more = words.MoveNext();
        if (more && words.Current.SequenceEqual("0"u8))
            more = words.MoveNext();
        if (more && words.Current.SequenceEqual("noreply"u8))
            more = words.MoveNext();
        return !more;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus FlushAll(ReadOnlySpan<byte> line, Words words, ref Request request)
    {
        request.Verb = Verb.FlushAll;
        request.NoReply = EndsWithNoReply(line);
        if (!words.Next(line, out int exptime, out int exptimeEnd) || (request.NoReply && !words.Next(line, out _, out _)))
            return ParseStatus.Done;
        request.HasExptime = true;
        return Numbers.TryShortInt32(line, exptime, exptimeEnd, out request.Exptime)
            ? ParseStatus.Done
            : Bad(ref request, ProtocolError.InvalidExptime);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Verbosity(ReadOnlySpan<byte> line, Words words, ref Request request)
    {
        request.Verb = Verb.Verbosity;
        request.NoReply = EndsWithNoReply(line);
        if (!words.Next(line, out int level, out int levelEnd)
            || !Numbers.TryShortUInt32(line, level, levelEnd, out uint number))
            return Bad(ref request, ProtocolError.BadCommandLine);
        request.Number = Math.Min(number, MaxVerbosity);
        return ParseStatus.Done;
    }

    // Commands whose words the server interprets. Stats and watch have no noreply: the word is one more argument.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Arguments(ReadOnlySpan<byte> line, Words words, Verb verb, ref Request request)
    {
        request.Verb = verb;
        request.NoReply = verb is not (Verb.Stats or Verb.Watch) && EndsWithNoReply(line);
        words.Next(line, out request.KeyOffset, out _);
        request.KeysLength = line.Length - request.KeyOffset;
        return ParseStatus.Done;
    }

    // Nearly all meta gets: one space behind the command, and all of the line in one block. Nothing but the key is left to find.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ParseStatus PlainMetaGet(ReadOnlySpan<byte> line, ulong gaps, ref Request request)
    {
        int keyEnd = BitOperations.TrailingZeroCount(gaps >> 3) + 3;
        request.Verb = Verb.MetaGet;
        request.KeyOffset = 3;
        request.KeyLength = keyEnd - 3;
        request.KeysLength = line.Length - 3;
        request.Number = Words.EdgesBehind(gaps, keyEnd);
        return ParseStatus.Done;
    }

    // The key and the length of the data; the flags are read by MetaParser.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus MetaCommand(ReadOnlySpan<byte> line, Words words, ref Request request)
    {
        Verb verb = MetaVerb(line[1]);
        if (verb is Verb.None or Verb.MetaNoop)
            return verb == Verb.None ? Unknown(line, ref request) : Done(verb, ref request);
        request.Verb = verb;
        if (!words.Next(line, out int key, out int keyEnd)
            || (verb == Verb.MetaSet
                && (!words.Next(line, out int bytes, out int bytesEnd) || !ReadLength(line, bytes, bytesEnd, out request.ValueLength))))
            return Bad(ref request, ProtocolError.BadCommandLine);

        request.KeyOffset = key;
        request.KeyLength = keyEnd - key;
        request.KeysLength = line.Length - key;
        request.Number = words.Edges;
        return keyEnd - key <= MaxKeyLength ? ParseStatus.Done : MetaKeyTooLong(ref request);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus MetaKeyTooLong(ref Request request)
    {
        if (request.Verb == Verb.MetaSet)
            request.SwallowLength = request.ValueLength + 2L;
        bool isMasked = request.Verb == Verb.MetaArithmetic;
        return Bad(ref request, isMasked ? ProtocolError.InvalidOrDuplicateFlag : ProtocolError.BadCommandLine);
    }

    private static Verb MetaVerb(byte letter) => letter switch
    {
        (byte)'g' => Verb.MetaGet,
        (byte)'s' => Verb.MetaSet,
        (byte)'d' => Verb.MetaDelete,
        (byte)'a' => Verb.MetaArithmetic,
        (byte)'e' => Verb.MetaDebug,
        (byte)'n' => Verb.MetaNoop,
        _ => Verb.None,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ReadLength(ReadOnlySpan<byte> line, int start, int end, out int length)
    {
        length = 0;
        if (end - start > Numbers.MaxLetters32 || !Numbers.TryUInt64(line, start, end, out ulong number) || number > MaxValueLength)
            return false;
        length = (int)number;
        return true;
    }
}
