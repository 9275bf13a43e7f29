using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Text;

namespace AotKv.Server.Sessions;

/// <summary>Execution of whole requests.</summary>
internal sealed partial class Session
{
    /// <summary>
    /// Executes one request. Continue: it is answered. ReplyFull: nothing has happened yet, or a retrieval was begun (then the phase
    /// says so). Other values: it is answered, and the batch ends here.
    /// </summary>
    private SessionStatus Execute(ref PreparedRequest item, ReadOnlySpan<byte> bytes, ref ReplyWriter writer, ref int budget)
    {
        if (writer.Room < ServerLimits.MinReplyRoomBytes)
        {
            return SessionStatus.ReplyFull;
        }

        budget--;
        ref Request request = ref item.Request;
        if (_host.State.Verbosity > 1)
        {
            LogRequest(request, bytes);
        }

        int start = writer.Length;
        SessionStatus status;
        _host.HasWritten |= request.Verb is not (Verb.Get or Verb.Gets);
        if (IsRetrieval(request.Verb))
        {
            status = Retrieve(ref item, bytes, ref writer, ref budget);
        }
        else
        {
            status = IsStorage(request.Verb)
                ? Store(request, bytes, item.Hash, ref writer)
                : IsMeta(request.Verb) ? Meta(ref item, bytes, ref writer) : Other(request, bytes, item.Hash, ref writer);
        }

        EndReply(request, start, ref writer);
        return status;
    }

    /// <summary>The reply of a request stands behind a place: logs it, and takes it back when the client wants none.</summary>
    private void EndReply(in Request request, int start, ref ReplyWriter writer)
    {
        if (_host.State.Verbosity > 1)
        {
            LogReply(request, writer.Since(start));
        }

        if (request.NoReply)
        {
            writer.Truncate(start);
        }
    }

    private SessionStatus Retrieve(ref PreparedRequest item, ReadOnlySpan<byte> bytes, ref ReplyWriter writer, ref int budget)
    {
        ref Request request = ref item.Request;
        if (request.KeysLength == request.KeyLength)
        {
            ItemKey key = ItemKey.FromHash(bytes.Slice(request.KeyOffset, request.KeyLength), item.Hash);
            if (_commands.GetOne(request, key, ref writer, out _required) == GetProgress.Done)
            {
                return SessionStatus.Continue;
            }

            return Interrupt(request, 0, SessionStatus.ReplyFull);
        }

        int position = 0;
        GetProgress progress = _commands.GetMany(
            request, bytes.Slice(request.KeyOffset, request.KeysLength), ref position, ref writer, ref budget, out _required);
        return progress == GetProgress.Done
            ? SessionStatus.Continue
            : Interrupt(request, position, progress == GetProgress.Yield ? SessionStatus.Yield : SessionStatus.ReplyFull);
    }

    private SessionStatus Interrupt(in Request request, int position, SessionStatus status)
    {
        _phase = Phase.Get;
        Pending.Request = request;
        Pending.Position = position;
        return status;
    }

    private SessionStatus Store(in Request request, ReadOnlySpan<byte> bytes, ulong hash, ref ReplyWriter writer)
    {
        ReadOnlySpan<byte> data = bytes.Slice(request.LineLength);
        if (TextParser.ParseData(data, request.ValueLength) != ParseStatus.Done)
        {
            _commands.BadDataChunk(ref writer);
            return SessionStatus.Continue;
        }

        ItemKey key = ItemKey.FromHash(bytes.Slice(request.KeyOffset, request.KeyLength), hash);
        _commands.Storage(request, key, data.Slice(0, request.ValueLength), ref writer);
        return SessionStatus.Continue;
    }

    private SessionStatus Other(in Request request, ReadOnlySpan<byte> bytes, ulong hash, ref ReplyWriter writer)
    {
        switch (request.Verb)
        {
            case Verb.Delete:
                _commands.Delete(ItemKey.FromHash(bytes.Slice(request.KeyOffset, request.KeyLength), hash), ref writer);
                return SessionStatus.Continue;
            case Verb.Incr or Verb.Decr:
                _commands.Arithmetic(request, ItemKey.FromHash(bytes.Slice(request.KeyOffset, request.KeyLength), hash), ref writer);
                return SessionStatus.Continue;
            case Verb.Touch:
                _commands.Touch(request, ItemKey.FromHash(bytes.Slice(request.KeyOffset, request.KeyLength), hash), ref writer);
                return SessionStatus.Continue;
            case Verb.FlushAll:
                _commands.Flush(request, ref writer);
                return SessionStatus.Continue;
            case Verb.Version:
                writer.Write(TextReplies.Version);
                return SessionStatus.Continue;
            case Verb.Verbosity:
                _host.State.Verbosity = (int)Math.Min(request.Number, MaxVerbosity);
                writer.Write(TextReplies.Ok);
                return SessionStatus.Continue;
            case Verb.Quit:
                _phase = Phase.Closed;
                return SessionStatus.Close;
            case Verb.Stats or Verb.Shutdown or (>= Verb.CacheMemlimit and <= Verb.Misbehave):
                return Administer(request, bytes, ref writer);
            default:
                return Say(TextReplies.Error, ref writer);
        }
    }
}
