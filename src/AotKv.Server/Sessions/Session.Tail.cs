using AotKv.Protocol;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>What ends a batch before its room is used: incomplete, bad and too large requests.</summary>
internal sealed partial class Session
{
    private SessionStatus FinishTail(BatchEnd end, ref Request request, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        switch (end)
        {
            case BatchEnd.InputUsed:
                return SessionStatus.NeedInput;
            case BatchEnd.PartialLine:
                return HoldLine(input, ref consumed);
            case BatchEnd.PartialData:
                return BeginData(request, input, ref consumed, ref writer);
            case BatchEnd.TooLarge:
                if (writer.Room < ServerLimits.MinReplyRoomBytes)
                {
                    return SessionStatus.ReplyFull;
                }

                ReadOnlySpan<byte> line = input.Slice(consumed, request.LineLength);
                _host.HasWritten = true;
                FailStorage(request, line, Counter.StoreTooLarge);
                LogBad(request, line);
                consumed += request.LineLength;
                return BeginSwallow(request, request.ValueLength + 2L, Refusal.TooLarge, input, ref consumed, ref writer);
            default:
                return Reject(request, input, ref consumed, ref writer);
        }
    }

    private SessionStatus HoldLine(ReadOnlySpan<byte> input, ref int consumed)
    {
        _scanned = input.Length - consumed;
        if (_scanned <= ServerLimits.MaxLineBytes)
        {
            return SessionStatus.NeedInput;
        }

        consumed = input.Length;
        CloseReason = CloseReason.Error;
        _phase = Phase.Closed;
        return SessionStatus.Close;
    }

    private SessionStatus Reject(in Request request, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        if (request.Error is ProtocolError.LineTooLong or ProtocolError.ForeignProtocol)
        {
            consumed = input.Length;
            CloseReason = CloseReason.Error;
            _phase = Phase.Closed;
            return SessionStatus.Close;
        }

        if (writer.Room < ServerLimits.MinReplyRoomBytes)
        {
            return SessionStatus.ReplyFull;
        }

        LogBad(request, input.Slice(consumed, request.LineLength));
        consumed += request.LineLength;
        return BeginSwallow(request, request.SwallowLength, Refusal.ProtocolError, input, ref consumed, ref writer);
    }

    private void LogBad(in Request request, ReadOnlySpan<byte> line)
    {
        if (_host.State.Verbosity > 1)
        {
            LogRequest(request, line);
        }
    }

    /// <summary>Drops a data block; its request is answered when the last byte of it has gone.</summary>
    private SessionStatus BeginSwallow(
        in Request request, long length, Refusal refusal, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        Pending.Request = request;
        _refusal = refusal;
        Pending.Swallow = length;
        _phase = Phase.Swallow;
        return ContinueSwallow(input, ref consumed, ref writer);
    }

    /// <summary>Drops what has come of it; true when that was the rest.</summary>
    private bool Swallow(ReadOnlySpan<byte> input, ref int consumed)
    {
        int part = (int)Math.Min(Pending.Swallow, input.Length - consumed);
        consumed += part;
        Pending.Swallow -= part;
        return Pending.Swallow <= 0;
    }

    private SessionStatus ContinueSwallow(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        if (!Swallow(input, ref consumed))
        {
            return SessionStatus.NeedInput;
        }

        _phase = Phase.Line;
        int start = writer.Length;
        writer.Write(_refusal switch
        {
            Refusal.TooLarge => TextReplies.TooLarge,
            Refusal.ReadOutOfMemory => TextReplies.OutOfMemoryReading,
            _ => TextReplies.For(Pending.Request.Error),
        });
        EndReply(Pending.Request, start, ref writer);
        return SessionStatus.Continue;
    }

    /// <summary>A data block is not complete: a short one stays in the input, a long one gets memory of its own.</summary>
    private SessionStatus BeginData(in Request request, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        Pending.Request = request;
        if (request.LineLength + request.ValueLength + 2L <= ServerLimits.UploadThresholdBytes)
        {
            _phase = Phase.Data;
            return SessionStatus.NeedInput;
        }

        ReadOnlySpan<byte> line = input.Slice(consumed, request.LineLength);
        LogBad(request, line);
        if (!Pending.Upload.TryBegin(_host.Pool, line, request.ValueLength + 2))
        {
            consumed += request.LineLength;
            return FailUpload(line, request.ValueLength + 2L, input, ref consumed, ref writer);
        }

        consumed += request.LineLength;
        _phase = Phase.Upload;
        return ContinueUpload(input, ref consumed, ref writer);
    }

    private SessionStatus ContinueUpload(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        while (Pending.Upload.Missing > 0)
        {
            ReadOnlySpan<byte> rest = input.Slice(consumed);
            if (rest.IsEmpty)
            {
                return SessionStatus.NeedInput;
            }

            Span<byte> room = Pending.Upload.Room(_host.Pool);
            if (room.IsEmpty)
            {
                return FailUpload(Pending.Upload.Head, Pending.Upload.Missing, input, ref consumed, ref writer);
            }

            int part = Math.Min(room.Length, rest.Length);
            rest.Slice(0, part).CopyTo(room);
            Pending.Upload.Advance(part);
            consumed += part;
        }

        if (writer.Room < ServerLimits.MinReplyRoomBytes)
        {
            return SessionStatus.ReplyFull;
        }

        int start = writer.Length;
        ReadOnlySpan<byte> data = Pending.Upload.Data;
        if (Pending.Request.Verb == Verb.MetaSet)
        {
            MetaSetUploaded(ref writer);
        }
        else if (TextParser.ParseData(data, Pending.Request.ValueLength) == ParseStatus.Done)
        {
            ReadOnlySpan<byte> key = Pending.Upload.Head.Slice(Pending.Request.KeyOffset, Pending.Request.KeyLength);
            _commands.Storage(Pending.Request, _store.Key(key), data.Slice(0, Pending.Request.ValueLength), ref writer);
        }
        else
        {
            _commands.BadDataChunk(ref writer);
        }

        Pending.Upload.End(_host.Pool);
        _phase = Phase.Line;
        EndReply(Pending.Request, start, ref writer);
        return SessionStatus.Continue;
    }

    private SessionStatus FailUpload(ReadOnlySpan<byte> line, long missing, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        FailStorage(Pending.Request, line, Counter.StoreNoMemory);
        if (Pending.Upload.IsActive)
        {
            Pending.Upload.End(_host.Pool);
        }

        return BeginSwallow(Pending.Request, missing, Refusal.ReadOutOfMemory, input, ref consumed, ref writer);
    }
}
