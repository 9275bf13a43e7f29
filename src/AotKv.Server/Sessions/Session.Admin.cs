using System.Text;
using AotKv.Protocol;
using AotKv.Protocol.Text;

namespace AotKv.Server.Sessions;

/// <summary>The commands for operators. Nothing here is hot; statistics allocate.</summary>
internal sealed partial class Session
{
    /// <summary>What the <c>verbosity</c> command can set at most, as in memcached.</summary>
    private const ulong MaxVerbosity = 2;

    /// <summary>Commands whose arguments are words.</summary>
    private SessionStatus Administer(in Request request, ReadOnlySpan<byte> bytes, ref ReplyWriter writer)
    {
        ReadOnlySpan<byte> arguments = bytes.Slice(request.KeyOffset, request.KeysLength);
        string[] words = Words(arguments, request.NoReply);
        switch (request.Verb)
        {
            case Verb.Stats:
                return Statistics(words, ref writer);
            case Verb.Shutdown:
                return Shutdown(words, ref writer);
            case Verb.LruCrawler:
                return LruCrawler(words, ref writer);
            case Verb.Watch:
                return Watch(words, ref writer);
            case Verb.CacheMemlimit:
                return Say(AdminCommands.MemoryLimit(_host.State, words), ref writer);
            case Verb.Lru:
                return Say(AdminCommands.Lru(_host.State, words), ref writer);
            case Verb.Slabs:
                return Say(AdminCommands.Slabs(_host.State, words), ref writer);
            case Verb.Extstore:
                return Say(AdminCommands.Extstore(_host.State, words), ref writer);
            case Verb.DebugTime:
                return Say(AdminCommands.DebugTime(_host.State, words), ref writer);
            case Verb.DebugItem:
                return Say(AdminCommands.DebugItem(_host.State, words, LastWord(arguments)), ref writer);
            case Verb.RefreshCerts:
                return Say(AdminCommands.RefreshCertificates(_host.State), ref writer);
            default:
                // misbehave says ERROR where nothing forbids the process to open sockets and start programs.
                return Say(TextReplies.Error, ref writer);
        }
    }

    private static string[] Words(ReadOnlySpan<byte> arguments, bool hasNoReply)
    {
        string[] words = Encoding.Latin1.GetString(arguments).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return hasNoReply ? words[..^1] : words;
    }

    private static ReadOnlySpan<byte> LastWord(ReadOnlySpan<byte> arguments)
    {
        ReadOnlySpan<byte> line = arguments.TrimEnd((byte)' ');
        return line[(line.LastIndexOf((byte)' ') + 1)..];
    }

    private static SessionStatus Say(ReadOnlySpan<byte> reply, ref ReplyWriter writer)
    {
        writer.Write(reply);
        return SessionStatus.Continue;
    }

    private SessionStatus Shutdown(string[] words, ref ReplyWriter writer)
    {
        bool hasWord = words.Length > 0;
        if (!_host.State.Options.ShutdownEnabled)
        {
            writer.Write(TextReplies.ShutdownNotEnabled);
            return SessionStatus.Continue;
        }

        if (hasWord && words is not ["graceful"])
        {
            writer.Write(TextReplies.InvalidShutdownMode);
            return SessionStatus.Continue;
        }

        _host.State.ShutdownRequested?.Invoke(hasWord);
        _phase = Phase.Closed;
        return SessionStatus.Close;
    }

    /// <summary>Hands out a reply that may be longer than the room there is, or takes work in steps; takes it over.</summary>
    private SessionStatus Begin(LongReply reply, ref ReplyWriter writer)
    {
        _long = reply;
        _phase = Phase.LongReply;
        return ContinueLongReply(ref writer);
    }

    private SessionStatus ContinueLongReply(ref ReplyWriter writer)
    {
        switch (_long!.Step(ref writer))
        {
            case LongReplyState.Full:
                return SessionStatus.ReplyFull;
            case LongReplyState.More:
                return SessionStatus.Yield;
            default:
                _long.Dispose();
                _long = null;
                _phase = _isBinary ? Phase.Packet : Phase.Line;
                return SessionStatus.Continue;
        }
    }

    private void LogRequest(in Request request, ReadOnlySpan<byte> bytes) =>
        _host.State.Log.Traffic('<', _id, default, bytes[..request.LineLength].TrimEnd("\r\n"u8));

    private void LogReply(in Request request, ReadOnlySpan<byte> written)
    {
        if (IsRetrieval(request.Verb))
        {
            LogValues(written);
            return;
        }

        int end = written.IndexOf((byte)'\r');
        if (end >= 0)
        {
            _host.State.Log.Traffic('>', _id, request.NoReply ? "NOREPLY "u8 : default, written[..end]);
        }
    }

    /// <summary>Logs the keys of values, and the last line; values themselves are never logged.</summary>
    private void LogValues(ReadOnlySpan<byte> written)
    {
        while (written.StartsWith("VALUE "u8))
        {
            ReadOnlySpan<byte> line = written[6..written.IndexOf((byte)'\r')];
            int keyEnd = line.IndexOf((byte)' ');
            _host.State.Log.Traffic('>', _id, "sending key "u8, line[..keyEnd]);
            KeyList words = new(line[keyEnd..]);
            words.MoveNext();
            words.MoveNext();
            if (!System.Buffers.Text.Utf8Parser.TryParse(words.Current, out int length, out _))
            {
                return;
            }

            written = written[(6 + line.Length + 2 + length + 2)..];
        }

        int end = written.IndexOf((byte)'\r');
        if (end > 0)
        {
            _host.State.Log.Traffic('>', _id, default, written[..end]);
        }
    }
}
