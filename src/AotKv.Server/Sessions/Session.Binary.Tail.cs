using AotKv.Protocol.Binary;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;

namespace AotKv.Server.Sessions;

/// <summary>Binary requests that are incomplete, bad or too large, and the one whose response has many packets.</summary>
internal sealed partial class Session
{
    private BinaryOpcode _swallowedOpcode; // Phase.PacketSwallow: of the request to answer behind it
    private BinaryStatus _swallowedStatus;
    private uint _swallowedOpaque;

    private SessionStatus FinishPacketTail(
        BatchEnd end, ref BinaryRequest request, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        switch (end)
        {
            case BatchEnd.InputUsed or BatchEnd.PartialLine:
                return SessionStatus.NeedInput;
            case BatchEnd.PartialData:
                return BeginPacketData(request, input, ref consumed, ref writer);
            case BatchEnd.TooLarge:
                if (writer.Room < ServerLimits.MinReplyRoomBytes)
                {
                    return SessionStatus.ReplyFull;
                }

                ReadOnlySpan<byte> head = input.Slice(consumed, request.HeadLength);
                consumed += request.HeadLength;
                _host.HasWritten = true;
                if (IsStorage(request.Command))
                {
                    _host.Binary.FailStorage(request, head.Slice(request.KeyOffset, request.KeyLength), Counter.StoreTooLarge);
                    return BeginPacketSwallow(request, request.ValueLength, BinaryStatus.TooLarge, input, ref consumed, ref writer);
                }

                return BeginPacketSwallow(request, request.ValueLength, BinaryStatus.OutOfMemory, input, ref consumed, ref writer);
            default:
                return RejectPacket(request, input, ref consumed, ref writer);
        }
    }

    private SessionStatus RejectPacket(in BinaryRequest request, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        if (writer.Room < ServerLimits.MinReplyRoomBytes)
        {
            return SessionStatus.ReplyFull;
        }

        // Lengths that cannot be are told to a stranger too, everything else only behind the login.
        bool isStranger = !_isLoggedIn && !request.IsAllowedBeforeLogin && request.Error is not (BinaryError.BodyTooShort or BinaryError.BodyTooLong);
        if (request.Error == BinaryError.UnknownOpcode && !isStranger)
        {
            return BeginPacketSwallow(request, request.SwallowLength, BinaryStatus.UnknownCommand, input, ref consumed, ref writer);
        }

        if (request.Error != BinaryError.BadMagic)
        {
            BinaryStatus status = isStranger ? BinaryStatus.AuthError : BinaryReplies.StatusOf(request.Error);
            writer.Advance(BinaryComposer.Error(writer.Free, request, status));
        }

        consumed = input.Length;
        _phase = Phase.Closed;
        return SessionStatus.Close;
    }

    /// <summary>Drops what belongs to a bad request; it is answered when the last byte of it has gone.</summary>
    private SessionStatus BeginPacketSwallow(
        in BinaryRequest request, long length, BinaryStatus status, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        _swallowedOpcode = request.Opcode;
        _swallowedOpaque = request.Opaque;
        _swallowedStatus = status;
        Pending.Swallow = length;
        _phase = Phase.PacketSwallow;
        return ContinuePacketSwallow(input, ref consumed, ref writer);
    }

    private SessionStatus ContinuePacketSwallow(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        if (!Swallow(input, ref consumed))
        {
            return SessionStatus.NeedInput;
        }

        _phase = Phase.Packet;
        BinaryRequest request = new() { Opcode = _swallowedOpcode, Opaque = _swallowedOpaque };
        writer.Advance(_swallowedStatus == BinaryStatus.OutOfMemory
            ? BinaryComposer.WithText(writer.Free, request, BinaryStatus.OutOfMemory, BinaryReplies.OutOfMemoryStoring)
            : BinaryComposer.Error(writer.Free, request, _swallowedStatus));
        return SessionStatus.Continue;
    }

    /// <summary>A value is not complete: a short one stays in the input with its head, a long one gets memory of its own.</summary>
    private SessionStatus BeginPacketData(in BinaryRequest request, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        if (request.HeadLength + (long)request.ValueLength <= ServerLimits.UploadThresholdBytes)
        {
            return SessionStatus.NeedInput;
        }

        ReadOnlySpan<byte> head = input.Slice(consumed, request.HeadLength);
        consumed += request.HeadLength;
        if (!Pending.Upload.TryBegin(_host.Pool, head, request.ValueLength))
        {
            return FailPacketUpload(request, head, request.ValueLength, input, ref consumed, ref writer);
        }

        _phase = Phase.PacketUpload;
        return ContinuePacketUpload(input, ref consumed, ref writer);
    }

    private SessionStatus ContinuePacketUpload(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
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
                BinaryParser.Parse(Pending.Upload.Head, out BinaryRequest failed);
                return FailPacketUpload(failed, Pending.Upload.Head, Pending.Upload.Missing, input, ref consumed, ref writer);
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

        BinaryParser.Parse(Pending.Upload.Head, out BinaryRequest request);
        _host.HasWritten = true;
        _host.Binary.Storage(
            request, _store.Key(Pending.Upload.Head.Slice(request.KeyOffset, request.KeyLength)), Pending.Upload.Data, ref writer);
        Pending.Upload.End(_host.Pool);
        _phase = Phase.Packet;
        return SessionStatus.Continue;
    }

    private SessionStatus FailPacketUpload(
        in BinaryRequest request, ReadOnlySpan<byte> head, long missing, ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer)
    {
        _host.Binary.FailStorage(request, head.Slice(request.KeyOffset, request.KeyLength), Counter.StoreNoMemory);
        if (Pending.Upload.IsActive)
        {
            Pending.Upload.End(_host.Pool);
        }

        return BeginPacketSwallow(request, missing, BinaryStatus.OutOfMemory, input, ref consumed, ref writer);
    }

    /// <summary>Stat: the lines of the text protocol, each as a packet, and an empty packet behind them.</summary>
    private SessionStatus PacketStatistics(in BinaryRequest request, ReadOnlySpan<byte> name, ref ReplyWriter writer)
    {
        // memcached has these two in the text protocol alone.
        bool isTextual = name.StartsWith("conns"u8) || name.StartsWith("cachedump"u8);
        ReadOnlySpan<byte> word = default;
        LongReply? lines = isTextual ? null : MakeStatistics(Words(name, hasNoReply: false), out word);
        if (lines == null && !word.SequenceEqual(TextReplies.Reset) && !word.SequenceEqual(TextReplies.Ok))
        {
            writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.NotFound));
            return SessionStatus.Continue;
        }

        return Begin(new PacketReply(lines, isDump: lines != null && name.StartsWith("detail"u8), request), ref writer);
    }
}
