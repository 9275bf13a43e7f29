using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Binary;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>
/// Executes parsed binary requests on the store, counts them and writes their responses. It knows neither connections nor buffers.
/// Nothing here allocates.
/// </summary>
internal sealed class BinaryCommands : StoreCommands
{
    /// <summary>The expiry time of Increment and Decrement that says not to create an item.</summary>
    private const uint DoNotCreate = uint.MaxValue;

    public BinaryCommands(SessionHost host)
        : base(host)
    {
    }

    /// <summary>Whether a storage request's item would pass the size limit, by memcached's formula.</summary>
    public bool IsTooLarge(in BinaryRequest request) =>
        IsTooLarge(request.KeyLength, request.ValueLength, request.ClientFlags);

    /// <summary>A storage request that cannot be carried out: a failed Set must not leave the old value behind.</summary>
    public void FailStorage(in BinaryRequest request, ReadOnlySpan<byte> key, Counter counter)
    {
        CountFailure(key, VerbOf(request, request.Cas & _casMask), counter, request.Exptime, request.ValueLength, request.ClientFlags);
        if (request.Command == BinaryCommand.Set)
        {
            _store.Delete(_store.Key(key));
        }
    }

    /// <summary>Get and Gat, quiet or not, with the key or without.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The key with its hash.</param>
    /// <param name="writer">At least the smallest room.</param>
    /// <param name="required">Room the value needs when it did not fit, else 0.</param>
    /// <returns>Done or ReplyFull; nothing has happened in the latter case.</returns>
    public GetProgress Get(in BinaryRequest request, in ItemKey key, ref ReplyWriter writer, out int required)
    {
        bool touches = request.Command == BinaryCommand.Gat;
        BinaryItemReader reader = new(in request, writer.Free, _casMask, touches ? null : _lent, writer.Length);
        Outcome outcome;
        if (touches)
        {
            FetchRequest fetch = new()
            {
                HasTouch = true,
                TouchExpiryMilliseconds = Expiry.ToMilliseconds(request.Exptime, _clock.Milliseconds),
                HasValueLimit = true,
                ValueLimit = BinaryItemReader.LongestValue(writer.Room),
            };
            outcome = _store.Fetch(key, fetch, ref reader, out _);
        }
        else
        {
            outcome = _store.Read(key, ref reader);
        }

        required = 0;
        if (outcome.Status == StoreStatus.Ok)
        {
            if (reader.Written == 0)
            {
                required = reader.Needed;
                return GetProgress.ReplyFull;
            }

            writer.Advance(reader.Written);
            if (IsObserved)
            {
                _watch.Fetched(key, MissReason.None);
            }

            _counters.Add(touches ? Counter.TouchHits : Counter.GetHits);
            return GetProgress.Done;
        }

        if (outcome.Status != StoreStatus.NotFound)
        {
            writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.OutOfMemory));
            return GetProgress.Done;
        }

        CountMiss(outcome.Miss, touches);
        if (IsObserved)
        {
            _watch.Fetched(key, outcome.Miss);
        }

        if (!request.IsQuiet)
        {
            writer.Advance(BinaryComposer.Miss(writer.Free, request, key.Bytes));
        }

        return GetProgress.Done;
    }

    /// <summary>Touch.</summary>
    public void Touch(in BinaryRequest request, in ItemKey key, ref ReplyWriter writer)
    {
        if (IsObserved)
        {
            _watch.Before(key);
        }

        BinaryTouchReader reader = default;
        Outcome outcome = _store.ReadAndTouch(key, Expiry.ToMilliseconds(request.Exptime, _clock.Milliseconds), ref reader);
        if (outcome.Status == StoreStatus.Ok)
        {
            _counters.Add(Counter.TouchHits);
            writer.Advance(BinaryComposer.Touched(writer.Free, request, reader.ClientFlags, reader.Cas & _casMask));
            return;
        }

        if (outcome.Status != StoreStatus.NotFound)
        {
            writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.OutOfMemory));
            return;
        }

        CountMiss(outcome.Miss, touches: true);
        writer.Advance(BinaryComposer.Miss(writer.Free, request, key.Bytes));
    }

    /// <summary>Set, Add, Replace, Append, Prepend.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The key with its hash.</param>
    /// <param name="value">The value.</param>
    /// <param name="writer">At least the smallest room.</param>
    public void Storage(in BinaryRequest request, in ItemKey key, ReadOnlySpan<byte> value, ref ReplyWriter writer)
    {
        bool extends = request.Command is BinaryCommand.Append or BinaryCommand.Prepend;
        ulong cas = request.Cas & _casMask; // as in memcached the id of a storage request is not looked at with -C
        PutRequest put = new()
        {
            Value = value,
            ClientFlags = request.ClientFlags,
            ExpiryMilliseconds = request.Exptime == 0 ? 0 : Expiry.ToMilliseconds(request.Exptime, _clock.Milliseconds),
            Mode = ModeOf(request, cas),
            HasCompare = cas != 0,
            Compare = cas,
        };
        bool observed = IsObserved;
        if (observed)
        {
            _watch.Before(key);
        }

        Outcome outcome = _store.Put(key, put);
        StoreStatus status = outcome.Status;
        if (status == StoreStatus.NoMemory || (status == StoreStatus.TooLarge && !extends))
        {
            FailStorage(request, key.Bytes, status == StoreStatus.NoMemory ? Counter.StoreNoMemory : Counter.StoreTooLarge);
            writer.Advance(status == StoreStatus.NoMemory
                ? BinaryComposer.WithText(writer.Free, request, BinaryStatus.OutOfMemory, BinaryReplies.OutOfMemoryStoring)
                : BinaryComposer.Error(writer.Free, request, BinaryStatus.TooLarge));
            return;
        }

        _counters.Add(Counter.CmdSet);
        if (observed && status != StoreStatus.Failed)
        {
            _watch.Stored(
                key.Bytes, VerbOf(request, cas), status == StoreStatus.TooLarge ? StoreStatus.NotStored : status, put.ExpiryMilliseconds, value.Length, request.ClientFlags);
        }

        if (put.HasCompare && !extends)
        {
            CountCompare(status);
        }

        if (status == StoreStatus.Ok)
        {
            Succeed(request, outcome.Cas & _casMask, ref writer);
            return;
        }

        writer.Advance(BinaryComposer.Error(writer.Free, request, status switch
        {
            StoreStatus.Exists => BinaryStatus.Exists,
            StoreStatus.Failed => BinaryStatus.OutOfMemory,
            _ when extends => BinaryStatus.NotStored,
            StoreStatus.NotStored when request.Command == BinaryCommand.Add => BinaryStatus.Exists,
            _ => BinaryStatus.NotFound,
        }));
    }

    /// <summary>Delete.</summary>
    public void Delete(in BinaryRequest request, in ItemKey key, ref ReplyWriter writer)
    {
        bool observed = IsObserved;
        CommandWatch.Sizes sizes = observed ? _watch.Before(key) : default;
        StoreStatus status = _store.Delete(key, CompareOf(request)).Status;
        if (observed)
        {
            _watch.Deleted(key.Bytes, status == StoreStatus.Ok, sizes, "delete"u8);
        }

        if (status == StoreStatus.Ok)
        {
            _counters.Add(Counter.DeleteHits);
            Succeed(request, cas: 0, ref writer);
            return;
        }

        if (status == StoreStatus.NotFound)
        {
            _counters.Add(Counter.DeleteMisses);
        }

        writer.Advance(BinaryComposer.Error(writer.Free, request, status switch
        {
            StoreStatus.NotFound => BinaryStatus.NotFound,
            StoreStatus.Exists => BinaryStatus.Exists,
            _ => BinaryStatus.OutOfMemory,
        }));
    }

    /// <summary>Increment and Decrement.</summary>
    public void Arithmetic(in BinaryRequest request, in ItemKey key, ref ReplyWriter writer)
    {
        CountRequest count = new()
        {
            Delta = request.Delta,
            Initial = request.Initial,
            Compare = CompareOf(request),
            Decrement = request.Command == BinaryCommand.Decrement,
            HasVivify = request.Exptime != DoNotCreate,
            VivifyExpiryMilliseconds = Expiry.ToMilliseconds(request.Exptime, _clock.Milliseconds),
        };
        if (IsObserved)
        {
            _watch.Before(key);
        }

        Outcome outcome = _store.Count(key, count);
        switch (outcome.Status)
        {
            case StoreStatus.Ok:
                if (outcome.Miss == MissReason.None)
                {
                    _counters.Add(count.Decrement ? Counter.DecrHits : Counter.IncrHits);
                }

                if (!request.IsQuiet)
                {
                    writer.Advance(BinaryComposer.Number(writer.Free, request, outcome.Number, outcome.Cas & _casMask));
                }

                break;
            case StoreStatus.NotFound:
                _counters.Add(count.Decrement ? Counter.DecrMisses : Counter.IncrMisses);
                writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.NotFound));
                break;
            case StoreStatus.Exists:
                writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.Exists));
                break;
            case StoreStatus.NotNumeric:
                writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.NonNumeric));
                break;
            default:
                writer.Advance(BinaryComposer.WithText(writer.Free, request, BinaryStatus.OutOfMemory, BinaryReplies.OutOfMemoryCounting));
                break;
        }
    }

    /// <summary>Flush.</summary>
    public void Flush(in BinaryRequest request, ref ReplyWriter writer)
    {
        if (_state.Options.FlushDisabled)
        {
            writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.AuthError));
            return;
        }

        _counters.Add(Counter.CmdFlush);
        if (!_store.Flush(Expiry.ToFlushMicroseconds(request.Exptime, _clock.Milliseconds)))
        {
            writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.OutOfMemory));
            return;
        }

        Succeed(request, cas: 0, ref writer);
    }

    /// <summary>With -C an id that a client names is none that an item has.</summary>
    private ulong CompareOf(in BinaryRequest request) => request.Cas == 0 ? 0 : request.Cas | ~_casMask;

    /// <summary>A response without a body, unless nobody wants it.</summary>
    private static void Succeed(in BinaryRequest request, ulong cas, ref ReplyWriter writer)
    {
        if (!request.IsQuiet)
        {
            writer.Advance(BinaryComposer.Empty(writer.Free, request, cas));
        }
    }

    /// <summary>The classic command that does the same.</summary>
    private static Verb VerbOf(in BinaryRequest request, ulong cas) => request.Command switch
    {
        BinaryCommand.Append => Verb.Append,
        BinaryCommand.Prepend => Verb.Prepend,
        _ when cas != 0 => Verb.Cas,
        BinaryCommand.Add => Verb.Add,
        BinaryCommand.Replace => Verb.Replace,
        _ => Verb.Set,
    };

    /// <summary>A CAS id makes one command of Set, Add and Replace.</summary>
    private static StoreMode ModeOf(in BinaryRequest request, ulong cas) => request.Command switch
    {
        BinaryCommand.Append => StoreMode.Append,
        BinaryCommand.Prepend => StoreMode.Prepend,
        BinaryCommand.Add when cas == 0 => StoreMode.Add,
        BinaryCommand.Replace when cas == 0 => StoreMode.Replace,
        _ => StoreMode.Set,
    };
}
