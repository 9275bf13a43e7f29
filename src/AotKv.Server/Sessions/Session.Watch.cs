using AotKv.Protocol.Text;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>The <c>watch</c> command: from then on the connection gets lines, and what it sends is ignored.</summary>
internal sealed partial class Session
{
    private Watcher? _watcher;

    /// <summary>Woken, from any thread, when there are lines for this connection: Process is to be called.</summary>
    public ISessionCarrier? Carrier { get; set; }

    private SessionStatus Watch(string[] words, ref ReplyWriter writer)
    {
        ServerState state = _host.State;
        if (state.Options.WatchDisabled)
        {
            return Say("CLIENT_ERROR watch commands not allowed\r\n"u8, ref writer);
        }

        if (writer.Length > 0)
        {
            return Say("ERROR cannot pipeline other commands before watch\r\n"u8, ref writer);
        }

        WatchStreams streams = words.Length == 0 ? WatchStreams.Fetchers : WatchStreams.None;
        foreach (string word in words)
        {
            WatchStreams stream = StreamOf(word);
            if (stream == WatchStreams.None)
            {
                return Say(TextReplies.Error, ref writer);
            }

            streams |= stream;
        }

        Watcher watcher = new(streams, (int)Math.Min(state.Options.WatcherBufferBytes, ServerLimits.MaxWatcherBufferBytes), () => Carrier?.Wake());
        if (!state.Watch.TryAdd(watcher))
        {
            return Say("WATCHER_TOO_MANY log watcher limit reached\r\n"u8, ref writer);
        }

        _watcher = watcher;
        _phase = Phase.Watch;
        writer.Write(TextReplies.Ok);
        return SessionStatus.NeedInput;
    }

    private SessionStatus ContinueWatch(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        consumed = input.Length;
        return _watcher!.Drain(ref writer) ? SessionStatus.NeedInput : SessionStatus.ReplyFull;
    }

    private void EndWatch()
    {
        if (_watcher != null)
        {
            _host.State.Watch.Remove(_watcher);
            _watcher = null;
        }
    }

    private static WatchStreams StreamOf(string word) => word switch
    {
        "fetchers" => WatchStreams.Fetchers,
        "mutations" => WatchStreams.Mutations,
        "evictions" => WatchStreams.Evictions,
        "connevents" => WatchStreams.ConnectionEvents,
        "deletions" => WatchStreams.Deletions,
        "sysevents" or "rawcmds" or "proxyreqs" or "proxyevents" or "proxyuser" => WatchStreams.Others,
        _ => WatchStreams.None,
    };
}
