using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>The <c>stats</c> command. Nothing here is hot: it allocates.</summary>
internal sealed partial class Session
{
    private SessionStatus Statistics(string[] words, ref ReplyWriter writer)
    {
        ServerState state = _host.State;
        switch (words.Length == 0 ? string.Empty : words[0])
        {
            case "":
                return Table(stats => GeneralStats.Write(state, stats), ref writer);
            case "settings":
                return Table(stats => SettingsStats.Write(state, stats), ref writer);
            case "aotkv":
                return Table(stats => OwnStats.Write(state, stats), ref writer);
            case "items":
                return Begin(new CensusReply(state, ClassStats.WriteItems), ref writer);
            case "slabs":
                return Begin(new CensusReply(state, ClassStats.WriteSlabs), ref writer);
            case "sizes" when state.TracksSizes:
                return Begin(new SizesReply(state), ref writer);
            case "sizes":
                return Table(stats => stats.Line("sizes_status"u8, "disabled"u8), ref writer);
            case "sizes_enable" or "sizes_disable":
                state.TracksSizes = words[0] == "sizes_enable";
                return Table(stats => stats.Line("sizes_status"u8, state.TracksSizes ? "enabled"u8 : "disabled"u8), ref writer);
            case "conns":
                return Begin(new ConnectionsReply(state, _id), ref writer);
            case "extstore":
                return Table(_ => { }, ref writer);
            case "detail":
                return Detail(words, ref writer);
            case "cachedump":
                return CacheDump(words, ref writer);
            case "reset":
                state.ResetStatistics();
                return Say(TextReplies.Reset, ref writer);
            default:
                return Say(TextReplies.Error, ref writer);
        }
    }

    private SessionStatus Detail(string[] words, ref ReplyWriter writer)
    {
        ServerState state = _host.State;
        if (state.Options.DumpDisabled)
        {
            return Say("CLIENT_ERROR stats detail not allowed\r\n"u8, ref writer);
        }

        switch (words.Length < 2 ? string.Empty : words[1])
        {
            case "on":
                state.SetObserved(WatchStreams.Prefixes, keeps: ~WatchStreams.Prefixes);
                return Say(TextReplies.Ok, ref writer);
            case "off":
                state.SetObserved(WatchStreams.None, keeps: ~WatchStreams.Prefixes);
                return Say(TextReplies.Ok, ref writer);
            case "dump":
                TextReply dump = new();
                state.Prefixes.Write(dump.Output);
                return Begin(dump, ref writer);
            default:
                return Say("CLIENT_ERROR usage: stats detail on|off|dump\r\n"u8, ref writer);
        }
    }

    private SessionStatus CacheDump(string[] words, ref ReplyWriter writer)
    {
        if (_host.State.Options.DumpDisabled)
        {
            return Say("CLIENT_ERROR stats cachedump not allowed\r\n"u8, ref writer);
        }

        if (words.Length < 3)
        {
            return Say("CLIENT_ERROR bad command line\r\n"u8, ref writer);
        }

        if (!AdminCommands.TryNumber(words[1], out uint id) || !AdminCommands.TryNumber(words[2], out uint limit))
        {
            return Say(TextReplies.BadCommandLine, ref writer);
        }

        return id >= SlabClasses.Limit
            ? Say("CLIENT_ERROR Illegal slab id\r\n"u8, ref writer)
            : Begin(new KeyDumpReply(_host.State, KeyDumpFormat.Cache, 1UL << (int)id, limit), ref writer);
    }

    private SessionStatus Table(Action<StatsWriter> write, ref ReplyWriter writer)
    {
        TextReply reply = new();
        StatsWriter stats = new(reply.Output);
        write(stats);
        stats.End();
        return Begin(reply, ref writer);
    }
}
