using AotKv.Protocol.Text;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>Continues what the last call could not finish.</summary>
internal sealed partial class Session
{
    private const byte BinaryMagic = 0x80;

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
                return First(input, ref consumed);
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
            default:
                consumed = input.Length;
                return SessionStatus.Close;
        }
    }

    /// <summary>The first byte decides the protocol of the connection, as in memcached. Only text is spoken here: binary is closed.</summary>
    private SessionStatus First(ReadOnlySpan<byte> input, ref int consumed)
    {
        if (input.IsEmpty)
        {
            return SessionStatus.NeedInput;
        }

        if (input[0] == BinaryMagic)
        {
            consumed = input.Length;
            CloseReason = CloseReason.Error;
            _phase = Phase.Closed;
            return SessionStatus.Close;
        }

        _phase = Phase.Line;
        return SessionStatus.Continue;
    }

    /// <summary>The request line was parsed by an earlier call and is still at the start of the input.</summary>
    private SessionStatus ContinueData(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        int length = _request.LineLength + _request.ValueLength + 2;
        if (input.Length < length)
        {
            return SessionStatus.NeedInput;
        }

        _phase = Phase.Line;
        PreparedRequest item = new()
        {
            Request = _request,
            Length = length,
            Hash = _store.Key(input.Slice(_request.KeyOffset, _request.KeyLength)).Hash,
        };
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
        else
        {
            ReadOnlySpan<byte> words = input.Slice(_request.KeyOffset, _request.KeysLength);
            GetProgress progress = _commands.GetMany(_request, words, ref _position, ref writer, ref budget, out _required);
            if (progress != GetProgress.Done)
            {
                return progress == GetProgress.Yield ? SessionStatus.Yield : SessionStatus.ReplyFull;
            }
        }

        EndReply(_request, start, ref writer);
        _phase = Phase.Line;
        consumed = _request.LineLength;
        return SessionStatus.Continue;
    }
}
