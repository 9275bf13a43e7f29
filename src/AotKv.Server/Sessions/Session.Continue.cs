using AotKv.Protocol;
using AotKv.Protocol.Text;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>Continues what the last call could not finish.</summary>
internal sealed partial class Session
{
    private Refusal _refusal; // Phase.Swallow: the answer behind it

    /// <summary>Which answer stands behind bytes that are dropped.</summary>
    private enum Refusal : byte
    {
        ProtocolError,
        TooLarge,
        ReadOutOfMemory,
    }

    private SessionStatus ContinuePhase(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        if (_phase is not (Phase.First or Phase.Closed) && writer.Room < ServerLimits.MinReplyRoomBytes)
        {
            return SessionStatus.ReplyFull;
        }

        switch (_phase)
        {
            case Phase.First:
                return First(input, ref consumed, ref writer, ref budget);
            case Phase.Data:
                return ContinueData(input, ref consumed, ref writer, ref budget);
            case Phase.Upload:
                budget--;
                return ContinueUpload(input, ref consumed, ref writer);
            case Phase.Swallow:
                budget--;
                return ContinueSwallow(input, ref consumed, ref writer);
            case Phase.Get:
                return ContinueGet(input, ref consumed, ref writer, ref budget);
            case Phase.LongReply:
                return ContinueLongReply(ref writer);
            case Phase.Watch:
                return ContinueWatch(input, ref consumed, ref writer);
            case Phase.Login:
                return ContinueLogin(input, ref consumed, ref writer, ref budget);
            case Phase.Packet:
                return SessionStatus.Continue;
            case Phase.PacketUpload:
                budget--;
                return ContinuePacketUpload(input, ref consumed, ref writer);
            case Phase.PacketSwallow:
                budget--;
                return ContinuePacketSwallow(input, ref consumed, ref writer);
            default:
                consumed = input.Length;
                return SessionStatus.Close;
        }
    }

    /// <summary>
    /// The first byte decides the protocol of the connection, as in memcached, where both are spoken. A server of the binary protocol alone
    /// closes what begins otherwise; to one of the text protocol alone it is the beginning of a line.
    /// </summary>
    private SessionStatus First(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        if (input.IsEmpty)
        {
            return SessionStatus.NeedInput;
        }

        ServerOptions options = _host.State.Options;
        WireProtocols protocols = _host.State.ProtocolsOf?.Invoke(_id) ?? options.Protocols;
        bool isBinary = ProtocolDetector.Detect(input[0]) == WireProtocol.Binary && protocols != WireProtocols.Text;
        if (!isBinary && protocols == WireProtocols.Binary)
        {
            consumed = input.Length;
            CloseReason = CloseReason.Error;
            _phase = Phase.Closed;
            return SessionStatus.Close;
        }

        _isBinary = isBinary;
        _isLoggedIn = (isBinary ? options.SaslLogins : options.TextLogins) == null;
        _phase = isBinary ? Phase.Packet : _isLoggedIn ? Phase.Line : Phase.Login;
        return _phase == Phase.Login ? ContinueLogin(input, ref consumed, ref writer, ref budget) : SessionStatus.Continue;
    }

    /// <summary>The request line was parsed by an earlier call and is still at the start of the input.</summary>
    private SessionStatus ContinueData(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        int length = Pending.Request.LineLength + Pending.Request.ValueLength + 2;
        if (input.Length < length)
        {
            return SessionStatus.NeedInput;
        }

        _phase = Phase.Line;
        PreparedRequest item = new()
        {
            Request = Pending.Request,
            Length = length,
        };
        if (Pending.Request.Verb == Verb.MetaSet)
        {
            PrepareMeta(input, 0, ref item);
        }
        else
        {
            item.Hash = _store.Key(input.Slice(Pending.Request.KeyOffset, Pending.Request.KeyLength)).Hash;
        }

        SessionStatus status = Execute(ref item, input.Slice(0, length), ref writer, ref budget);
        consumed = length;
        return status;
    }

    /// <summary>The retrieval's line is still at the start of the input.</summary>
    private SessionStatus ContinueGet(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        int start = writer.Length;
        if (_replyRefused)
        {
            _replyRefused = false;
            writer.Write(TextReplies.OutOfMemoryWriting);
        }
        else if (Pending.Request.Verb == Verb.MetaGet)
        {
            if (ContinueMetaGet(input, ref writer) != SessionStatus.Continue)
            {
                return SessionStatus.ReplyFull;
            }
        }
        else
        {
            ReadOnlySpan<byte> words = input.Slice(Pending.Request.KeyOffset, Pending.Request.KeysLength);
            GetProgress progress = _commands.GetMany(Pending.Request, words, ref Pending.Position, ref writer, ref budget, out _required);
            if (progress != GetProgress.Done)
            {
                return progress == GetProgress.Yield ? SessionStatus.Yield : SessionStatus.ReplyFull;
            }
        }

        EndReply(Pending.Request, start, ref writer);
        _phase = Phase.Line;
        consumed = Pending.Request.LineLength;
        return SessionStatus.Continue;
    }
}
