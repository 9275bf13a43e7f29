using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>
/// The rules of the text protocol once more, with strings, split words and big integers: slow, plain, and written apart from the
/// parser it is compared with. It answers in the words of <see cref="Said"/>.
/// </summary>
internal static partial class ReferenceParser
{
    public static string Parse(string input)
    {
        int lineEnd = input.IndexOf('\n', StringComparison.Ordinal);
        if (lineEnd < 0)
            return input.Length > 2048 && !LongLine().IsMatch(input) ? Bad(Verb.None, ProtocolError.LineTooLong, 0) : "NeedMore";
        int length = lineEnd + 1;
        string line = input[..lineEnd];
        if (line.EndsWith('\r'))
            line = line[..^1];
        return length < 4 ? Bad(Verb.None, ProtocolError.BadCommandLine, length) : ParseLine(line, length);
    }

    private static string ParseLine(string line, int length)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool noReply = words.Length > 0 && words[^1] == "noreply";
        return line.Split(' ')[0] switch
        {
            "get" => Retrieval(Verb.Get, line, words, length),
            "gets" => Retrieval(Verb.Gets, line, words, length),
            "gat" => RetrievalWithTouch(Verb.Gat, line, words, length),
            "gats" => RetrievalWithTouch(Verb.Gats, line, words, length),
            "set" => Storage(Verb.Set, words, noReply, length),
            "add" => Storage(Verb.Add, words, noReply, length),
            "replace" => Storage(Verb.Replace, words, noReply, length),
            "append" => Storage(Verb.Append, words, noReply, length),
            "prepend" => Storage(Verb.Prepend, words, noReply, length),
            "cas" => Storage(Verb.Cas, words, noReply, length),
            "delete" => Delete(words, noReply, length),
            "incr" => Arithmetic(Verb.Incr, words, noReply, length),
            "decr" => Arithmetic(Verb.Decr, words, noReply, length),
            "touch" => Touch(words, noReply, length),
            "flush_all" => FlushAll(words, noReply, length),
            "verbosity" => Verbosity(words, noReply, length),
            "version" => Done(Verb.Version, "", false, length),
            "quit" => Done(Verb.Quit, "", false, length),
            "stats" => Done(Verb.Stats, Rest(line, words, 1), false, length),
            "shutdown" => Done(Verb.Shutdown, Rest(line, words, 1), noReply, length),
            "cache_memlimit" => Done(Verb.CacheMemlimit, Rest(line, words, 1), noReply, length),
            "lru" => Done(Verb.Lru, Rest(line, words, 1), noReply, length),
            "lru_crawler" => Done(Verb.LruCrawler, Rest(line, words, 1), noReply, length),
            "slabs" => Done(Verb.Slabs, Rest(line, words, 1), noReply, length),
            "watch" => Done(Verb.Watch, Rest(line, words, 1), false, length),
            "extstore" => Done(Verb.Extstore, Rest(line, words, 1), noReply, length),
            "refresh_certs" => Done(Verb.RefreshCerts, Rest(line, words, 1), noReply, length),
            "debugtime" => Done(Verb.DebugTime, Rest(line, words, 1), noReply, length),
            "debugitem" => Done(Verb.DebugItem, Rest(line, words, 1), noReply, length),
            "misbehave" => Done(Verb.Misbehave, Rest(line, words, 1), noReply, length),
            string command when ReferenceMetaParser.VerbOf(command) is Verb verb => ReferenceMetaParser.Parse(verb, words, length),
            _ when words.Length > 1 && words[^1].StartsWith("HTTP/", StringComparison.Ordinal) =>
                Bad(Verb.None, ProtocolError.ForeignProtocol, length),
            _ => Bad(Verb.None, ProtocolError.UnknownCommand, length, noReply: noReply),
        };
    }

    private static string Retrieval(Verb verb, string line, string[] words, int length)
    {
        if (words.Length < 2 || words.Skip(1).Any(IsLong))
            return Bad(verb, ProtocolError.BadCommandLine, length);
        return Done(verb, $" key={words[1]}{Rest(line, words, 1)}", false, length);
    }

    private static string RetrievalWithTouch(Verb verb, string line, string[] words, int length)
    {
        if (words.Length < 3)
            return Bad(verb, ProtocolError.BadCommandLine, length);
        if (Int32(words[1]) is not int exptime)
            return Bad(verb, ProtocolError.InvalidExptime, length);
        if (words.Skip(2).Any(IsLong))
            return Bad(verb, ProtocolError.BadCommandLine, length);
        return Done(verb, $" key={words[2]}{Rest(line, words, 2)} exptime={exptime}", false, length);
    }

    private static string Storage(Verb verb, string[] words, bool noReply, int length)
    {
        if (words.Length < 5 || words[4].Length > 11 || Number(words[4], 0, int.MaxValue - 2) is not BigInteger bytes)
            return Bad(verb, ProtocolError.BadCommandLine, length);
        BigInteger? flags = Number(words[2], 0, uint.MaxValue);
        BigInteger? exptime = Number(words[3], int.MinValue, int.MaxValue);
        BigInteger? cas = verb == Verb.Cas ? (words.Length > 5 && words[5].Length <= 22 ? Number(words[5], 0, ulong.MaxValue) : null) : 0;
        if (IsLong(words[1]) || flags is null || exptime is null || cas is null)
            return Bad(verb, ProtocolError.BadCommandLine, length, (long)bytes + 2, noReply);
        string casText = verb == Verb.Cas ? $" cas={cas}" : "";
        return Done(verb, $" key={words[1]} flags={flags} exptime={exptime} bytes={bytes}{casText}", noReply, length);
    }

    private static string Delete(string[] words, bool noReply, int length)
    {
        if (words.Length < 2)
            return Bad(Verb.Delete, ProtocolError.BadCommandLine, length);

        // The second word is the key, whatever it says.
        noReply &= words.Length > 2;
        if (IsLong(words[1]))
            return Bad(Verb.Delete, ProtocolError.BadCommandLine, length, noReply: noReply);
        return string.Join(' ', words.Skip(2)) is "" or "0" or "noreply" or "0 noreply"
            ? Done(Verb.Delete, $" key={words[1]}", noReply, length)
            : Bad(Verb.Delete, ProtocolError.DeleteUsage, length, noReply: noReply);
    }

    private static string Arithmetic(Verb verb, string[] words, bool noReply, int length)
    {
        if (words.Length < 3)
            return Bad(verb, ProtocolError.BadCommandLine, length);
        if (IsLong(words[1]))
            return Bad(verb, ProtocolError.BadCommandLine, length, noReply: noReply);
        BigInteger? delta = words[2].Length <= 22 ? Number(words[2], 0, ulong.MaxValue) : null;
        return delta is null
            ? Bad(verb, ProtocolError.InvalidDelta, length, noReply: noReply)
            : Done(verb, $" key={words[1]} delta={delta}", noReply, length);
    }

    private static string Touch(string[] words, bool noReply, int length)
    {
        if (words.Length < 3)
            return Bad(Verb.Touch, ProtocolError.BadCommandLine, length);
        if (IsLong(words[1]))
            return Bad(Verb.Touch, ProtocolError.BadCommandLine, length, noReply: noReply);
        return Int32(words[2]) is int exptime
            ? Done(Verb.Touch, $" key={words[1]} exptime={exptime}", noReply, length)
            : Bad(Verb.Touch, ProtocolError.InvalidExptime, length, noReply: noReply);
    }

    private static string FlushAll(string[] words, bool noReply, int length)
    {
        if (words.Length == (noReply ? 2 : 1))
            return Done(Verb.FlushAll, "", noReply, length);
        return Int32(words[1]) is int exptime
            ? Done(Verb.FlushAll, $" exptime={exptime}", noReply, length)
            : Bad(Verb.FlushAll, ProtocolError.InvalidExptime, length, noReply: noReply);
    }

    private static string Verbosity(string[] words, bool noReply, int length)
    {
        BigInteger? level = words.Length > 1 && words[1].Length <= 11 ? Number(words[1], 0, uint.MaxValue) : null;
        return level is null
            ? Bad(Verb.Verbosity, ProtocolError.BadCommandLine, length, noReply: noReply)
            : Done(Verb.Verbosity, $" level={BigInteger.Min(level.Value, 2)}", noReply, length);
    }

    private static string Done(Verb verb, string fields, bool noReply, int length) =>
        $"{verb}{fields}{(noReply ? " noreply" : "")} line={length}";

    private static string Bad(Verb verb, ProtocolError error, int length, long swallow = 0, bool noReply = false) =>
        Said.Bad(verb, error, length, swallow, noReply);

    // The line from the word of that index on, and its words.
    private static string Rest(string line, string[] words, int index)
    {
        string rest = line;
        for (int i = 0; i < index; i++)
            rest = rest.TrimStart(' ')[words[i].Length..];
        return $" words=[{string.Join('|', words.Skip(index))}] rest=[{rest.TrimStart(' ')}]";
    }

    private static bool IsLong(string key) => key.Length > 250;

    private static int? Int32(string word) => word.Length <= 11 ? (int?)Number(word, int.MinValue, int.MaxValue) : null;

    /// <summary>The number a word is, or null.</summary>
    public static BigInteger? Number(string word, BigInteger least, BigInteger most)
    {
        if (!(least < 0 ? Signed() : Unsigned()).IsMatch(word))
            return null;
        BigInteger number = BigInteger.Parse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return number < least || number > most ? null : number;
    }

    [GeneratedRegex(@"\A[0-9]+\z")]
    private static partial Regex Unsigned();

    [GeneratedRegex(@"\A-?[0-9]+\z")]
    private static partial Regex Signed();

    [GeneratedRegex(@"\A {0,100}(get|gets|gat|gats) ")]
    private static partial Regex LongLine();
}
