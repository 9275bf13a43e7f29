using AotKv.Protocol.Text;
using AotKv.Server.Stats;

namespace AotKv.Server.Sessions;

/// <summary>The <c>lru_crawler</c> command: sweeps on demand, and lists of all items.</summary>
internal sealed partial class Session
{
    private const uint MaxCrawlerSleepMicroseconds = 1_000_000;

    private static ReadOnlySpan<byte> BadClass => "BADCLASS invalid class id\r\n"u8;

    private SessionStatus LruCrawler(string[] words, ref ReplyWriter writer)
    {
        ServerState state = _host.State;
        switch (words.Length == 0 ? string.Empty : words[0])
        {
            case "enable" when words.Length == 1:
                bool wasOn = state.Tuning.LruCrawler;
                state.Tuning = state.Tuning with { LruCrawler = true };
                return Say(wasOn ? "ERROR failed to start lru crawler thread\r\n"u8 : TextReplies.Ok, ref writer);
            case "disable" when words.Length == 1:
                state.Tuning = state.Tuning with { LruCrawler = false };
                return Say(TextReplies.Ok, ref writer);
            case "sleep" when words.Length == 2:
                return CrawlerSleep(words[1], ref writer);
            case "tocrawl" when words.Length == 2:
                if (!AdminCommands.TryNumber(words[1], out uint items))
                {
                    return Say(TextReplies.BadCommandLine, ref writer);
                }

                state.Tuning = state.Tuning with { LruCrawlerToCrawl = items };
                return Say(TextReplies.Ok, ref writer);
            case "crawl" when words.Length == 2:
                return Crawl(words[1], ref writer);
            case "metadump" when words.Length == 2:
                return KeyDump(words[1], KeyDumpFormat.Meta, "metadump"u8, "ERROR metadump not allowed\r\n"u8, ref writer);
            case "mgdump" when words.Length == 2:
                return KeyDump(words[1], KeyDumpFormat.MetaGet, "mgdump"u8, "ERROR key dump not allowed\r\n"u8, ref writer);
            default:
                return Say(TextReplies.Error, ref writer);
        }
    }

    private SessionStatus CrawlerSleep(string word, ref ReplyWriter writer)
    {
        if (!AdminCommands.TryNumber(word, out uint microseconds))
        {
            return Say(TextReplies.BadCommandLine, ref writer);
        }

        if (microseconds > MaxCrawlerSleepMicroseconds)
        {
            return Say("CLIENT_ERROR sleep must be one second or less\r\n"u8, ref writer);
        }

        _host.State.Tuning = _host.State.Tuning with { LruCrawlerSleepMicroseconds = (int)microseconds };
        return Say(TextReplies.Ok, ref writer);
    }

    /// <summary>The store sweeps all classes at once: which of them were named matters only when none is a class.</summary>
    private SessionStatus Crawl(string classes, ref ReplyWriter writer)
    {
        ServerState state = _host.State;
        if (!state.Tuning.LruCrawler)
        {
            return Say("CLIENT_ERROR lru crawler disabled\r\n"u8, ref writer);
        }

        if (!TryClasses(classes, out _) || classes == "hash")
        {
            return Say(BadClass, ref writer);
        }

        if (_store.IsSweeping)
        {
            return Say("BUSY currently processing crawler request\r\n"u8, ref writer);
        }

        Interlocked.Increment(ref state.CrawlerStarts);
        _store.Sweep();
        return Say(TextReplies.Ok, ref writer);
    }

    private SessionStatus KeyDump(
        string classes, KeyDumpFormat format, ReadOnlySpan<byte> name, ReadOnlySpan<byte> refusal, ref ReplyWriter writer)
    {
        if (!_host.State.Tuning.LruCrawler)
        {
            return Say("CLIENT_ERROR lru crawler disabled\r\n"u8, ref writer);
        }

        if (_host.State.Options.DumpDisabled)
        {
            return Say(refusal, ref writer);
        }

        if (writer.Length > 0)
        {
            writer.Write("ERROR cannot pipeline other commands before "u8);
            writer.Write(name);
            return Say("\r\n"u8, ref writer);
        }

        return TryClasses(classes, out ulong set) ? Begin(new KeyDumpReply(_host.State, format, set), ref writer) : Say(BadClass, ref writer);
    }

    /// <summary>Reads <c>all</c>, <c>hash</c> (all, too) or class ids with commas between them.</summary>
    private static bool TryClasses(string text, out ulong classes)
    {
        classes = 0;
        if (text is "all" or "hash")
        {
            classes = ulong.MaxValue;
            return true;
        }

        foreach (string part in text.Split(','))
        {
            if (!AdminCommands.TryNumber(part, out uint id) || id is 0 or >= SlabClasses.Limit)
            {
                return false;
            }

            classes |= 1UL << (int)id;
        }

        return true;
    }
}
