using AotKv.Protocol;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Server.Sessions;

/// <summary>The commands for operators. Nothing here is hot; statistics allocate.</summary>
internal sealed partial class Session
{
    /// <summary>What the <c>verbosity</c> command can set at most, as in memcached.</summary>
    private const ulong MaxVerbosity = 2;

    private SessionStatus Statistics(ReadOnlySpan<byte> arguments, ref ReplyWriter writer)
    {
        KeyList words = new(arguments);
        bool hasWord = words.MoveNext();
        ReadOnlySpan<byte> word = hasWord ? words.Current : default;
        if (word.SequenceEqual("reset"u8))
        {
            ResetStatistics();
            writer.Write(TextReplies.Reset);
            return SessionStatus.Continue;
        }

        ArrayPoolBufferWriter<byte>? text = MakeStatistics(word);
        if (text == null)
        {
            writer.Write(TextReplies.Error);
            return SessionStatus.Continue;
        }

        return BeginLongReply(text, ref writer);
    }

    private void ResetStatistics()
    {
        _host.State.Counters.Reset();
        _store.ResetStatistics();
    }

    /// <summary>Statistics as lines of text; null when there are none of that name.</summary>
    private ArrayPoolBufferWriter<byte>? MakeStatistics(ReadOnlySpan<byte> word)
    {
        ArrayPoolBufferWriter<byte> text = new();
        StatsWriter stats = new(text);
        if (word.IsEmpty)
        {
            GeneralStats.Write(_host.State, stats);
        }
        else if (word.SequenceEqual("settings"u8))
        {
            SettingsStats.Write(_host.State, stats);
        }
        else if (word.SequenceEqual("aotkv"u8))
        {
            OwnStats.Write(_host.State, stats);
        }
        else
        {
            text.Dispose();
            return null;
        }

        stats.End();
        return text;
    }

    private SessionStatus Shutdown(ReadOnlySpan<byte> arguments, ref ReplyWriter writer)
    {
        KeyList words = new(arguments);
        bool hasWord = words.MoveNext();
        if (!_host.State.Options.ShutdownEnabled)
        {
            writer.Write(TextReplies.ShutdownNotEnabled);
            return SessionStatus.Continue;
        }

        if (hasWord && !words.Current.SequenceEqual("graceful"u8))
        {
            writer.Write(TextReplies.InvalidShutdownMode);
            return SessionStatus.Continue;
        }

        _host.State.ShutdownRequested?.Invoke(hasWord);
        _phase = Phase.Closed;
        return SessionStatus.Close;
    }

    /// <summary>Hands out a reply that may be longer than the room there is; takes the text over.</summary>
    private SessionStatus BeginLongReply(ArrayPoolBufferWriter<byte> text, ref ReplyWriter writer)
    {
        _long = text;
        _longSent = 0;
        _phase = Phase.LongReply;
        return ContinueLongReply(ref writer) ? SessionStatus.Continue : SessionStatus.ReplyFull;
    }

    /// <summary>Copies what fits; true when that was the rest.</summary>
    private bool ContinueLongReply(ref ReplyWriter writer)
    {
        ReadOnlySpan<byte> rest = _long!.WrittenSpan[_longSent..];
        int part = Math.Min(rest.Length, writer.Room);
        writer.Write(rest[..part]);
        _longSent += part;
        if (part < rest.Length)
        {
            return false;
        }

        _long.Dispose();
        _long = null;
        _phase = _isBinary ? Phase.Packet : Phase.Line;
        return true;
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
