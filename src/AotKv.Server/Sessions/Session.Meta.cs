using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;

namespace AotKv.Server.Sessions;

/// <summary>The meta commands on their way from line to execution: their flags are read in a second step, and their key may be base64.</summary>
internal sealed partial class Session
{
    /// <summary>Reads the flags of a meta command and hashes its key.</summary>
    /// <param name="rest">The input from the command on.</param>
    /// <param name="index">Its place in the batch.</param>
    /// <param name="item">The command; bad flags make it a bad one.</param>
    /// <returns>Full, Bad or TooLarge.</returns>
    private BatchEnd PrepareMeta(ReadOnlySpan<byte> rest, int index, ref PreparedRequest item)
    {
        ref MetaRequest meta = ref _host.Batch.Metas[index];
        item.Meta = index;
        if (MetaParser.Parse(rest, ref item.Request, out meta) != ParseStatus.Done)
        {
            return BatchEnd.Bad;
        }

        if (_host.CasMask == 0)
        {
            meta.ForgetCas();
        }

        if (item.Request.KeyLength == 0)
        {
            return BatchEnd.Full;
        }

        Span<byte> decoded = stackalloc byte[Base64Key.MaxDecodedLength];
        ReadOnlySpan<byte> key = MetaKey(rest, item.Request, meta, decoded);
        item.Hash = _store.Key(key).Hash;
        return item.Request.Verb == Verb.MetaSet && _host.Meta.IsTooLarge(meta, key.Length, item.Request.ValueLength)
            ? BatchEnd.TooLarge
            : BatchEnd.Full;
    }

    private SessionStatus Meta(ref PreparedRequest item, ReadOnlySpan<byte> bytes, ref ReplyWriter writer)
    {
        ref Request request = ref item.Request;
        if (request.Verb == Verb.MetaNoop)
        {
            writer.Write(TextReplies.MetaNoop);
            return SessionStatus.Continue;
        }

        ref MetaRequest meta = ref _host.Batch.Metas[item.Meta];
        Span<byte> decoded = stackalloc byte[Base64Key.MaxDecodedLength];
        ItemKey key = ItemKey.FromHash(MetaKey(bytes, request, meta, decoded), item.Hash);
        ReadOnlySpan<byte> opaque = bytes.Slice(meta.OpaqueOffset, meta.OpaqueLength);
        switch (request.Verb)
        {
            case Verb.MetaGet:
                return _host.Meta.Get(meta, key, opaque, ref writer, out _required) == GetProgress.Done
                    ? SessionStatus.Continue
                    : Interrupt(request, 0, SessionStatus.ReplyFull);
            case Verb.MetaSet:
                MetaSet(request, meta, key, opaque, bytes.Slice(request.LineLength), ref writer);
                return SessionStatus.Continue;
            case Verb.MetaDelete:
                _host.Meta.Delete(meta, key, opaque, ref writer);
                return SessionStatus.Continue;
            case Verb.MetaArithmetic:
                _host.Meta.Arithmetic(meta, key, opaque, ref writer);
                return SessionStatus.Continue;
            default:
                _host.Meta.Debug(key, ref writer);
                return SessionStatus.Continue;
        }
    }

    private void MetaSet(
        in Request request, in MetaRequest meta, scoped ItemKey key, scoped ReadOnlySpan<byte> opaque, ReadOnlySpan<byte> data, ref ReplyWriter writer)
    {
        if (TextParser.ParseData(data, request.ValueLength) == ParseStatus.Done)
        {
            _host.Meta.Set(meta, key, opaque, data.Slice(0, request.ValueLength), ref writer);
        }
        else
        {
            _commands.BadDataChunk(ref writer);
        }
    }

    /// <summary>An ms whose data block was collected in the upload, behind its line.</summary>
    private void MetaSetUploaded(ref ReplyWriter writer)
    {
        PreparedRequest item = new() { Request = Pending.Request };
        BatchEnd end = PrepareMeta(Pending.Upload.Head, 0, ref item);
        System.Diagnostics.Debug.Assert(end == BatchEnd.Full, "it was good when its line came");
        ref MetaRequest meta = ref _host.Batch.Metas[0];
        Span<byte> decoded = stackalloc byte[Base64Key.MaxDecodedLength];
        ItemKey key = ItemKey.FromHash(MetaKey(Pending.Upload.Head, Pending.Request, meta, decoded), item.Hash);
        MetaSet(Pending.Request, meta, key, Pending.Upload.Head.Slice(meta.OpaqueOffset, meta.OpaqueLength), Pending.Upload.Data, ref writer);
    }

    /// <summary>An mg whose value did not fit is executed again, with more room.</summary>
    private SessionStatus ContinueMetaGet(ReadOnlySpan<byte> input, ref ReplyWriter writer)
    {
        PreparedRequest item = new() { Request = Pending.Request };
        BatchEnd end = PrepareMeta(input, 0, ref item);
        System.Diagnostics.Debug.Assert(end == BatchEnd.Full, "it was good the first time");
        return Meta(ref item, input, ref writer);
    }

    /// <summary>A storage command cannot be carried out; its old value goes where memcached lets it go.</summary>
    private void FailStorage(in Request request, ReadOnlySpan<byte> line, Counter counter)
    {
        if (request.Verb != Verb.MetaSet)
        {
            _commands.FailStorage(request, line.Slice(request.KeyOffset, request.KeyLength), counter);
            return;
        }

        Request again = request;
        MetaParser.Parse(line, ref again, out MetaRequest meta);
        Span<byte> decoded = stackalloc byte[Base64Key.MaxDecodedLength];
        _host.Meta.FailSet(meta, MetaKey(line, request, meta, decoded), request.ValueLength, counter);
    }

    private static ReadOnlySpan<byte> MetaKey(ReadOnlySpan<byte> line, in Request request, in MetaRequest meta, Span<byte> decoded)
    {
        ReadOnlySpan<byte> key = line.Slice(request.KeyOffset, request.KeyLength);
        return meta.Has(MetaFlags.Base64Key) ? decoded[..Base64Key.Decode(key, decoded)] : key;
    }

    private static bool IsMeta(Verb verb) => verb is >= Verb.MetaGet and <= Verb.MetaNoop;
}
