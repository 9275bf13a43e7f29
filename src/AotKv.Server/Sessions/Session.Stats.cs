using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>The <c>stats</c> command. Nothing here is hot: it allocates.</summary>
internal sealed partial class Session
{
    private SessionStatus Statistics(string[] words, ref ReplyWriter writer)
    {
        LongReply? reply = MakeStatistics(words, out ReadOnlySpan<byte> word);
        return reply == null ? Say(word, ref writer) : Begin(reply, ref writer);
    }

    /// <summary>The lines that answer a <c>stats</c> command.</summary>
    /// <param name="words">Its arguments.</param>
    /// <param name="word">The line that is the whole answer when there is no reply.</param>
    private LongReply? MakeStatistics(string[] words, out ReadOnlySpan<byte> word)
    {
        word = default;
        ServerState state = _host.State;
        switch (words.Length == 0 ? string.Empty : words[0])
        {
            case "":
                return Table(stats => GeneralStats.Write(state, stats));
            case "settings":
                return Table(stats => SettingsStats.Write(state, stats));
            case "aotkv":
                return Table(stats => OwnStats.Write(state, stats));
            case "items":
                return new CensusReply(state, ClassStats.WriteItems);
            case "slabs":
                return new CensusReply(state, ClassStats.WriteSlabs);
            case "sizes" when state.TracksSizes:
                return new SizesReply(state);
            case "sizes":
                return Table(stats => stats.Line("sizes_status"u8, "disabled"u8));
            case "sizes_enable" or "sizes_disable":
                state.TracksSizes = words[0] == "sizes_enable";
                return Table(stats => stats.Line("sizes_status"u8, state.TracksSizes ? "enabled"u8 : "disabled"u8));
            case "conns":
                return new ConnectionsReply(state, _id);
            case "extstore":
                return Table(_ => { });
            case "detail":
                return Detail(words, out word);
            case "cachedump":
                return CacheDump(words, out word);
            case "reset":
                state.ResetStatistics();
                word = TextReplies.Reset;
                return null;
            default:
                word = TextReplies.Error;
                return null;
        }
    }

    private TextReply? Detail(string[] words, out ReadOnlySpan<byte> word)
    {
        word = default;
        ServerState state = _host.State;
        if (state.Options.DumpDisabled)
        {
            word = "CLIENT_ERROR stats detail not allowed\r\n"u8;
            return null;
        }

        switch (words.Length < 2 ? string.Empty : words[1])
        {
            case "on":
                state.SetObserved(WatchStreams.Prefixes, keeps: ~WatchStreams.Prefixes);
                word = TextReplies.Ok;
                return null;
            case "off":
                state.SetObserved(WatchStreams.None, keeps: ~WatchStreams.Prefixes);
                word = TextReplies.Ok;
                return null;
            case "dump":
                TextReply dump = new();
                state.Prefixes.Write(dump.Output);
                return dump;
            default:
                word = "CLIENT_ERROR usage: stats detail on|off|dump\r\n"u8;
                return null;
        }
    }

    private KeyDumpReply? CacheDump(string[] words, out ReadOnlySpan<byte> word)
    {
        word = default;
        if (_host.State.Options.DumpDisabled)
        {
            word = "CLIENT_ERROR stats cachedump not allowed\r\n"u8;
            return null;
        }

        if (words.Length < 3)
        {
            word = "CLIENT_ERROR bad command line\r\n"u8;
            return null;
        }

        if (!AdminCommands.TryNumber(words[1], out uint id) || !AdminCommands.TryNumber(words[2], out uint limit))
        {
            word = TextReplies.BadCommandLine;
            return null;
        }

        if (id >= SlabClasses.Limit)
        {
            word = "CLIENT_ERROR Illegal slab id\r\n"u8;
            return null;
        }

        return new KeyDumpReply(_host.State, KeyDumpFormat.Cache, 1UL << (int)id, limit);
    }

    private static TextReply Table(Action<StatsWriter> write)
    {
        TextReply reply = new();
        StatsWriter stats = new(reply.Output);
        write(stats);
        stats.End();
        return reply;
    }
}
