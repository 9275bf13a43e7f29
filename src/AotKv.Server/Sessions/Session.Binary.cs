using System.Globalization;
using System.Text;
using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Binary;

namespace AotKv.Server.Sessions;

/// <summary>
/// The binary protocol's requests ("packets"), on the same way as the text protocol's: a batch is parsed and its keys are asked for, then
/// the requests are executed in order, then whatever ended the batch is dealt with (Session.Binary.Tail.cs).
/// </summary>
internal sealed partial class Session
{
    private bool _isBinary; // decided by the first byte

    private ulong AnnouncePacket(ReadOnlySpan<byte> input)
    {
        if (BinaryParser.Parse(input, out BinaryRequest request) != ParseStatus.Done || request.KeyLength == 0)
        {
            return 0;
        }

        ulong hash = _store.Key(input.Slice(request.KeyOffset, request.KeyLength)).Hash;
        _store.PrefetchSlot(hash);
        return hash;
    }

    private SessionStatus RunPackets(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        if (budget <= 0)
        {
            return consumed == input.Length ? SessionStatus.NeedInput : SessionStatus.Yield;
        }

        BatchEnd end = PreparePackets(input, consumed, Math.Min(budget, ServerLimits.BatchRequests), out int count);
        for (int i = 0; i < count; i++)
        {
            ref PreparedPacket item = ref _host.Batch.Packets[i];
            consumed = item.Offset;
            SessionStatus status = ExecutePacket(ref item, input.Slice(item.Offset, item.Length), ref writer, ref budget);
            if (status == SessionStatus.Continue)
            {
                consumed += item.Length;
                continue;
            }

            // What was not answered is parsed again when its turn comes.
            if (_phase is Phase.LongReply or Phase.Closed)
            {
                consumed += item.Length;
            }

            return status;
        }

        return end == BatchEnd.Full
            ? SessionStatus.Continue
            : FinishPacketTail(end, ref _host.Batch.Packets[count].Request, input, ref consumed, ref writer);
    }

    /// <summary>Parses up to so many whole requests and asks the store's memory for their keys.</summary>
    private BatchEnd PreparePackets(ReadOnlySpan<byte> input, int offset, int limit, out int count)
    {
        PreparedPacket[] items = _host.Batch.Packets;
        BatchEnd end = BatchEnd.Full;
        for (count = 0; count < limit; count++)
        {
            ref PreparedPacket item = ref items[count];
            if (offset == input.Length)
            {
                end = BatchEnd.InputUsed;
                break;
            }

            ReadOnlySpan<byte> rest = input.Slice(offset);
            ParseStatus status = BinaryParser.Parse(rest, out item.Request);
            if (status != ParseStatus.Done || !IsServed(ref item.Request))
            {
                end = status == ParseStatus.NeedMore ? BatchEnd.PartialLine : BatchEnd.Bad;
                break;
            }

            if (IsTooLarge(item.Request))
            {
                end = BatchEnd.TooLarge;
                break;
            }

            item.Offset = offset;
            item.Length = item.Request.HeadLength + item.Request.ValueLength;
            if (item.Length > rest.Length)
            {
                end = BatchEnd.PartialData;
                break;
            }

            offset += item.Length;
            if (item.Request.KeyLength > 0)
            {
                item.Hash = _store.Key(rest.Slice(item.Request.KeyOffset, item.Request.KeyLength)).Hash;
                if (offset < input.Length || count > 0)
                {
                    _store.PrefetchSlot(item.Hash);
                }
            }
        }

        if (count > 1)
        {
            for (int i = 0; i < count; i++)
            {
                if (items[i].Request.KeyLength > 0)
                {
                    _store.PrefetchRecord(items[i].Hash);
                }
            }
        }

        return end;
    }

    /// <summary>Whether a good request may be executed: not before the login, and no login where there is none.</summary>
    private bool IsServed(ref BinaryRequest request)
    {
        if (!_isLoggedIn && !request.IsAllowedBeforeLogin)
        {
            return false;
        }

        if (IsSasl(request.Command) && _host.State.Options.SaslLogins == null)
        {
            request.Error = BinaryError.UnknownOpcode;
            request.SwallowLength = request.HeadLength + request.ValueLength;
            return false;
        }

        return true;
    }

    private bool IsTooLarge(in BinaryRequest request) => IsStorage(request.Command)
        ? _host.Binary.IsTooLarge(request)
        : request.HeadLength + (long)request.ValueLength > ServerLimits.UploadThresholdBytes;

    /// <summary>
    /// Executes one request. Continue: it is answered. ReplyFull: nothing has happened yet. Other values: it is answered, and the batch ends
    /// here.
    /// </summary>
    private SessionStatus ExecutePacket(ref PreparedPacket item, ReadOnlySpan<byte> bytes, ref ReplyWriter writer, ref int budget)
    {
        if (writer.Room < ServerLimits.MinReplyRoomBytes)
        {
            return SessionStatus.ReplyFull;
        }

        budget--;
        _host.HasWritten = true; // most do; of a get nothing is held unless somebody wrote meanwhile
        ref BinaryRequest request = ref item.Request;
        bool isLogged = _host.State.Verbosity > 1;
        if (isLogged)
        {
            LogPacket(request, bytes);
        }

        int start = writer.Length;
        ItemKey key = ItemKey.FromHash(bytes.Slice(request.KeyOffset, request.KeyLength), item.Hash);
        SessionStatus status = SessionStatus.Continue;
        switch (request.Command)
        {
            case BinaryCommand.Get or BinaryCommand.Gat:
                status = GetPacket(request, key, ref writer);
                break;
            case >= BinaryCommand.Set and <= BinaryCommand.Prepend:
                _host.Binary.Storage(request, key, bytes.Slice(request.HeadLength), ref writer);
                break;
            case BinaryCommand.Touch:
                _host.Binary.Touch(request, key, ref writer);
                break;
            case BinaryCommand.Delete:
                _host.Binary.Delete(request, key, ref writer);
                break;
            case BinaryCommand.Increment or BinaryCommand.Decrement:
                _host.Binary.Arithmetic(request, key, ref writer);
                break;
            default:
                status = OtherPacket(request, bytes, ref writer);
                break;
        }

        if (isLogged)
        {
            LogResponse(writer.Since(start));
        }

        return status;
    }

    private SessionStatus GetPacket(in BinaryRequest request, in ItemKey key, ref ReplyWriter writer)
    {
        if (_replyRefused)
        {
            _replyRefused = false;
            writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.OutOfMemory));
            return SessionStatus.Continue;
        }

        return _host.Binary.Get(request, key, ref writer, out _required) == GetProgress.Done ? SessionStatus.Continue : SessionStatus.ReplyFull;
    }

    private SessionStatus OtherPacket(in BinaryRequest request, ReadOnlySpan<byte> bytes, ref ReplyWriter writer)
    {
        switch (request.Command)
        {
            case BinaryCommand.Noop:
                writer.Advance(BinaryComposer.Empty(writer.Free, request, cas: 0));
                return SessionStatus.Continue;
            case BinaryCommand.Version:
                writer.Advance(BinaryComposer.WithText(writer.Free, request, BinaryStatus.Ok, BinaryReplies.Version));
                return SessionStatus.Continue;
            case BinaryCommand.Flush:
                _host.Binary.Flush(request, ref writer);
                return SessionStatus.Continue;
            case BinaryCommand.Stat:
                return PacketStatistics(request, bytes.Slice(request.KeyOffset, request.KeyLength), ref writer);
            case BinaryCommand.Quit:
                if (!request.IsQuiet)
                {
                    writer.Advance(BinaryComposer.Empty(writer.Free, request, cas: 0));
                }

                _phase = Phase.Closed;
                return SessionStatus.Close;
            default:
                Sasl(request, bytes, ref writer);
                return SessionStatus.Continue;
        }
    }

    private void LogPacket(in BinaryRequest request, ReadOnlySpan<byte> bytes) =>
        _host.State.Log.Traffic('<', _id, Encoding.ASCII.GetBytes($"{request.Opcode} "), bytes.Slice(request.KeyOffset, request.KeyLength));

    private void LogResponse(ReadOnlySpan<byte> response)
    {
        const int StatusAt = 6;
        if (response.Length >= BinaryParser.HeaderLength)
        {
            int status = (response[StatusAt] << 8) | response[StatusAt + 1];
            _host.State.Log.Line(string.Create(CultureInfo.InvariantCulture, $">{_id} status 0x{status:x2}, {response.Length} bytes"));
        }
    }

    private static bool IsStorage(BinaryCommand command) => command is >= BinaryCommand.Set and <= BinaryCommand.Prepend;

    private static bool IsSasl(BinaryCommand command) => command is >= BinaryCommand.SaslList and <= BinaryCommand.SaslStep;
}
