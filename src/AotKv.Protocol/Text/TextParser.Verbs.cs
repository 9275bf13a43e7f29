using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Text;

/// <content>Which command a line is.</content>
public static partial class TextParser
{
    // A command is told by its length, its first four letters and its last four.
    private static ParseStatus ParseLine(ReadOnlySpan<byte> line, Words words, ref Request request)
    {
        // A command stands in column 0: behind a space its letters are not found here. A line of spaces has no word at all.
        words.Next(line, out _, out int length);
        if (length == 3)
            return ThreeLetters(line, words, ref request);
        if (length < 4)
            return length == 2 && line[0] == 'm' ? MetaCommand(line, words, ref request) : Unknown(line, ref request);
        uint head = BinaryPrimitives.ReadUInt32LittleEndian(line);
        uint tail = BinaryPrimitives.ReadUInt32LittleEndian(line[(length - 4)..]);
        switch (length)
        {
            case 4:
                if (head == Four("gets"u8))
                    return Retrieval(line, words, Verb.Gets, ref request);
                if (head == Four("incr"u8))
                    return Arithmetic(line, words, Verb.Incr, ref request);
                if (head == Four("decr"u8))
                    return Arithmetic(line, words, Verb.Decr, ref request);
                if (head == Four("gats"u8))
                    return RetrievalWithTouch(line, words, Verb.Gats, ref request);
                if (head == Four("quit"u8))
                    return Done(Verb.Quit, ref request);
                break;
            case 5:
                if (head == Four("touc"u8) && tail == Four("ouch"u8))
                    return Touch(line, words, ref request);
                if (head == Four("stat"u8) && tail == Four("tats"u8))
                    return Arguments(line, words, Verb.Stats, ref request);
                break;
            case 6:
                if (head == Four("dele"u8) && tail == Four("lete"u8))
                    return Delete(line, words, ref request);
                if (head == Four("appe"u8) && tail == Four("pend"u8))
                    return Storage(line, words, Verb.Append, ref request);
                break;
            case 7:
                if (head == Four("repl"u8) && tail == Four("lace"u8))
                    return Storage(line, words, Verb.Replace, ref request);
                if (head == Four("prep"u8) && tail == Four("pend"u8))
                    return Storage(line, words, Verb.Prepend, ref request);
                if (head == Four("vers"u8) && tail == Four("sion"u8))
                    return Done(Verb.Version, ref request);
                break;
            case 8:
                if (head == Four("shut"u8) && tail == Four("down"u8))
                    return Arguments(line, words, Verb.Shutdown, ref request);
                break;
            case 9:
                // Nine letters leave the fifth uncovered.
                if (head == Four("flus"u8) && line[4] == 'h' && tail == Four("_all"u8))
                    return FlushAll(line, words, ref request);
                if (head == Four("verb"u8) && line[4] == 'o' && tail == Four("sity"u8))
                    return Verbosity(line, words, ref request);
                break;
        }

        return Administration(line, words, length, ref request);
    }

    private static ParseStatus ThreeLetters(ReadOnlySpan<byte> line, Words words, ref Request request)
    {
        // There may be no fourth byte; a space stands for it, as behind a command that has arguments.
        uint command = line[0] | ((uint)line[1] << 8) | ((uint)line[2] << 16) | ((uint)' ' << 24);
        if (command == Four("set "u8))
            return Storage(line, words, Verb.Set, ref request);
        if (command == Four("get "u8))
            return Retrieval(line, words, Verb.Get, ref request);
        if (command == Four("add "u8))
            return Storage(line, words, Verb.Add, ref request);
        if (command == Four("cas "u8))
            return Storage(line, words, Verb.Cas, ref request);
        if (command == Four("gat "u8))
            return RetrievalWithTouch(line, words, Verb.Gat, ref request);
        return Administration(line, words, 3, ref request);
    }

    // What only operators send.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Administration(ReadOnlySpan<byte> line, Words words, int length, ref Request request)
    {
        ReadOnlySpan<byte> command = line[..length];
        Verb verb = length switch
        {
            3 when command.SequenceEqual("lru"u8) => Verb.Lru,
            5 when command.SequenceEqual("slabs"u8) => Verb.Slabs,
            5 when command.SequenceEqual("watch"u8) => Verb.Watch,
            8 when command.SequenceEqual("extstore"u8) => Verb.Extstore,
            9 when command.SequenceEqual("debugtime"u8) => Verb.DebugTime,
            9 when command.SequenceEqual("debugitem"u8) => Verb.DebugItem,
            9 when command.SequenceEqual("misbehave"u8) => Verb.Misbehave,
            11 when command.SequenceEqual("lru_crawler"u8) => Verb.LruCrawler,
            13 when command.SequenceEqual("refresh_certs"u8) => Verb.RefreshCerts,
            14 when command.SequenceEqual("cache_memlimit"u8) => Verb.CacheMemlimit,
            _ => Verb.None,
        };
        return verb == Verb.None ? Unknown(line, ref request) : Arguments(line, words, verb, ref request);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ParseStatus Unknown(ReadOnlySpan<byte> line, ref Request request)
    {
        ReadOnlySpan<byte> last = LastWord(line, out bool isOnly);
        if (last.StartsWith("HTTP/"u8) && !isOnly)
            return Bad(ref request, ProtocolError.ForeignProtocol);
        request.NoReply = last.SequenceEqual("noreply"u8);
        return Bad(ref request, ProtocolError.UnknownCommand);
    }

    private static ParseStatus Done(Verb verb, ref Request request)
    {
        request.Verb = verb;
        return ParseStatus.Done;
    }

    // Commands whose last word may be noreply ask here once their line has the words it needs, so it is longer than that word.
    private static bool EndsWithNoReply(ReadOnlySpan<byte> line) =>
        line.Length >= 8
        && (BinaryPrimitives.ReadUInt64LittleEndian(line[^8..]) == BinaryPrimitives.ReadUInt64LittleEndian(" noreply"u8)
            || (line[^1] == ' ' && LastWord(line, out _).SequenceEqual("noreply"u8)));

    private static ReadOnlySpan<byte> LastWord(ReadOnlySpan<byte> line, out bool isOnly)
    {
        line = line.TrimEnd((byte)' ');
        int space = line.LastIndexOf((byte)' ');
        isOnly = line[..(space + 1)].TrimEnd((byte)' ').IsEmpty;
        return line[(space + 1)..];
    }
}
