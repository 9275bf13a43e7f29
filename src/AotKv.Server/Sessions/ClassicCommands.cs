using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>
/// Executes parsed classic commands on the store, counts them and writes their replies. It knows neither connections nor buffers:
/// a request, its bytes and room for the reply go in. Nothing here allocates.
/// </summary>
internal sealed partial class ClassicCommands : StoreCommands
{
    private readonly bool _hasCas;

    public ClassicCommands(SessionHost host)
        : base(host)
    {
        _hasCas = !host.State.Options.CasDisabled;
    }

    /// <summary>Whether a storage command's item would pass the size limit, by memcached's formula.</summary>
    public bool IsTooLarge(in Request request) =>
        IsTooLarge(request.KeyLength, request.ValueLength, request.ClientFlags);

    /// <summary>
    /// A storage command that cannot be carried out: a failed <c>set</c> must not leave the old value behind, which the
    /// client believes replaced.
    /// </summary>
    public void FailStorage(in Request request, ReadOnlySpan<byte> key, Counter counter)
    {
        CountFailure(key, request.Verb, counter, request.Exptime, request.ValueLength, request.ClientFlags);
        if (request.Verb == Verb.Set)
        {
            _store.Delete(_store.Key(key));
        }
    }

    /// <summary>set, add, replace, append, prepend, cas.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">Its key with its hash.</param>
    /// <param name="value">Its data block without CR LF.</param>
    /// <param name="writer">At least the smallest room.</param>
    public void Storage(in Request request, in ItemKey key, ReadOnlySpan<byte> value, ref ReplyWriter writer)
    {
        PutRequest put = new()
        {
            Value = value,
            ClientFlags = request.ClientFlags,
            ExpiryMilliseconds = request.Exptime == 0 ? 0 : Expiry.ToMilliseconds(request.Exptime, _clock.Milliseconds),
            Mode = ModeOf(request.Verb),
            HasCompare = request.Verb == Verb.Cas,
            Compare = _hasCas ? request.Number : 0, // no item has id 0
        };
        bool observed = IsObserved;
        if (observed)
        {
            _watch.Before(key);
        }

        StoreStatus status = _store.Put(key, put).Status;
        if (status is StoreStatus.TooLarge or StoreStatus.NoMemory or StoreStatus.Failed)
        {
            writer.Write(Refuse(request, key, status));
            return;
        }

        _counters.Add(Counter.CmdSet);
        if (request.Verb == Verb.Cas)
        {
            CountCompare(status);
        }

        if (observed)
        {
            _watch.Stored(key.Bytes, request.Verb, status, put.ExpiryMilliseconds, request.ValueLength, request.ClientFlags);
        }

        writer.Write(status switch
        {
            StoreStatus.Ok => TextReplies.Stored,
            StoreStatus.NotFound => TextReplies.NotFound,
            StoreStatus.Exists => TextReplies.Exists,
            _ => TextReplies.NotStored,
        });
    }

    /// <summary>A storage command whose data block does not end in CR LF: nothing is stored.</summary>
    public void BadDataChunk(ref ReplyWriter writer)
    {
        _counters.Add(Counter.CmdSet);
        writer.Write(TextReplies.For(ProtocolError.BadDataChunk));
    }

    /// <summary>delete.</summary>
    public void Delete(in ItemKey key, ref ReplyWriter writer)
    {
        bool observed = IsObserved;
        CommandWatch.Sizes sizes = observed ? _watch.Before(key) : default;
        StoreStatus status = _store.Delete(key).Status;
        if (status is not (StoreStatus.Ok or StoreStatus.NotFound))
        {
            writer.Write(Unable);
            return;
        }

        bool deleted = status == StoreStatus.Ok;
        if (observed)
        {
            _watch.Deleted(key.Bytes, deleted, sizes, "delete"u8);
        }

        _counters.Add(deleted ? Counter.DeleteHits : Counter.DeleteMisses);
        writer.Write(deleted ? TextReplies.Deleted : TextReplies.NotFound);
    }

    /// <summary>incr and decr.</summary>
    public void Arithmetic(in Request request, in ItemKey key, ref ReplyWriter writer)
    {
        if (IsObserved)
        {
            _watch.Before(key);
        }

        bool decrement = request.Verb == Verb.Decr;
        Outcome outcome = _store.Count(key, request.Number, decrement);
        switch (outcome.Status)
        {
            case StoreStatus.Ok:
                _counters.Add(decrement ? Counter.DecrHits : Counter.IncrHits);
                writer.Advance(TextComposer.Number(writer.Free, outcome.Number));
                break;
            case StoreStatus.NotFound:
                _counters.Add(decrement ? Counter.DecrMisses : Counter.IncrMisses);
                writer.Write(TextReplies.NotFound);
                break;
            case StoreStatus.NotNumeric:
                writer.Write(TextReplies.NonNumeric);
                break;
            default:
                writer.Write(Unable);
                break;
        }
    }

    /// <summary>touch.</summary>
    public void Touch(in Request request, in ItemKey key, ref ReplyWriter writer)
    {
        if (IsObserved)
        {
            _watch.Before(key);
        }

        StoreStatus status = _store.Touch(key, Expiry.ToMilliseconds(request.Exptime, _clock.Milliseconds)).Status;
        if (status is StoreStatus.Ok or StoreStatus.NotFound)
        {
            _counters.Add(status == StoreStatus.Ok ? Counter.TouchHits : Counter.TouchMisses);
            writer.Write(status == StoreStatus.Ok ? TextReplies.Touched : TextReplies.NotFound);
            return;
        }

        writer.Write(Unable);
    }

    /// <summary>flush_all.</summary>
    public void Flush(in Request request, ref ReplyWriter writer)
    {
        _counters.Add(Counter.CmdFlush);
        if (_state.Options.FlushDisabled)
        {
            writer.Write(TextReplies.FlushNotAllowed);
            return;
        }

        bool done = _store.Flush(Expiry.ToFlushMicroseconds(request.HasExptime ? request.Exptime : 0, _clock.Milliseconds));
        writer.Write(done ? TextReplies.Ok : Unable);
    }

    /// <summary>Why the log took no record: no room on the disk, or a disk that failed.</summary>
    private ReadOnlySpan<byte> Unable => _store.Failure == null ? TextReplies.OutOfMemory : TextReplies.LogFailed;

    private static StoreMode ModeOf(Verb verb) => verb switch
    {
        Verb.Add => StoreMode.Add,
        Verb.Replace => StoreMode.Replace,
        Verb.Append => StoreMode.Append,
        Verb.Prepend => StoreMode.Prepend,
        _ => StoreMode.Set,
    };

    private ReadOnlySpan<byte> Refuse(scoped in Request request, scoped in ItemKey key, StoreStatus status)
    {
        if (status == StoreStatus.Failed)
        {
            return TextReplies.LogFailed;
        }

        if (status == StoreStatus.NoMemory)
        {
            FailStorage(request, key.Bytes, Counter.StoreNoMemory);
            return TextReplies.OutOfMemoryStoring;
        }

        if (request.Verb is Verb.Append or Verb.Prepend)
        {
            // The piece fits, the sum does not: memcached keeps the old value and says so like this.
            _counters.Add(Counter.CmdSet);
            if (IsObserved)
            {
                _watch.Stored(key.Bytes, request.Verb, StoreStatus.NotStored, 0, request.ValueLength, request.ClientFlags);
            }

            return TextReplies.NotStored;
        }

        FailStorage(request, key.Bytes, Counter.StoreTooLarge);
        return TextReplies.TooLarge;
    }
}
