using AotKv.Engine;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>
/// Executes parsed meta commands on the store, counts them and writes their replies. It knows neither connections nor buffers; keys
/// are decoded before they come here. Nothing here allocates.
/// </summary>
internal sealed partial class MetaCommands : StoreCommands
{
    public MetaCommands(SessionHost host)
        : base(host)
    {
    }

    /// <summary>mg.</summary>
    /// <param name="meta">Its flags.</param>
    /// <param name="key">The key with its hash.</param>
    /// <param name="opaque">The opaque with its letter; empty when there is none.</param>
    /// <param name="writer">At least the smallest room.</param>
    /// <param name="required">Room the value needs when it did not fit, else 0.</param>
    /// <returns>Done or ReplyFull; nothing has happened in the latter case.</returns>
    public GetProgress Get(in MetaRequest meta, scoped ItemKey key, scoped ReadOnlySpan<byte> opaque, ref ReplyWriter writer, out int required)
    {
        if ((meta.Flags & ~MetaPlainReader.Flags) != 0 || IsObserved)
        {
            return Fetch(meta, key, opaque, ref writer, out required);
        }

        MetaPlainReader reader = new(in meta, opaque, writer.Free, _clock.Milliseconds, _casMask, _lent, writer.Length);
        Outcome outcome = _store.Read(key, ref reader);
        required = 0;
        if (outcome.Status == StoreStatus.Ok)
        {
            if (reader.Written != 0)
            {
                writer.Advance(reader.Written);
                _counters.Add(Counter.GetHits);
                return GetProgress.Done;
            }

            if (reader.IsMarked)
            {
                return Fetch(meta, key, opaque, ref writer, out required);
            }

            required = reader.Needed;
            return GetProgress.ReplyFull;
        }

        CountMiss(outcome.Miss, touches: false);
        Tell(meta, MetaStatus.Miss, key, opaque, ref writer);
        return GetProgress.Done;
    }

    /// <summary>An mg that changes something, asks for more, or finds an item that is marked.</summary>
    private GetProgress Fetch(in MetaRequest meta, scoped ItemKey key, scoped ReadOnlySpan<byte> opaque, ref ReplyWriter writer, out int required)
    {
        long now = _clock.Milliseconds;
        FetchRequest fetch = new()
        {
            HasTouch = meta.Has(MetaFlags.SetTtl),
            HasVivify = meta.Has(MetaFlags.Vivify),
            HasBinaryKey = meta.Has(MetaFlags.Base64Key),
            NoAccess = meta.Has(MetaFlags.NoBump),
            HasValueLimit = meta.Has(MetaFlags.Value),
            ValueLimit = Math.Max(0, MetaItemReader.LongestValue(writer.Room)),
            VivifyCas = meta.NewCas,
        };
        if (meta.Has(MetaFlags.SetTtl | MetaFlags.Vivify | MetaFlags.Recache))
        {
            fetch.TouchExpiryMilliseconds = Expiry.ToMilliseconds(meta.Ttl, now);
            fetch.VivifyExpiryMilliseconds = Expiry.ToMilliseconds(TtlOfCreated(meta), now);
            fetch.RecacheMilliseconds = meta.Has(MetaFlags.Recache) ? Expiry.ToRecacheMilliseconds(meta.RecacheTtl, now) : 0;
        }

        FetchMarks marks = default;
        MetaItemReader reader = new(in meta, in marks, opaque, writer.Free, now, _casMask);
#pragma warning disable IDE0059 // The reader sees the marks by reference.
        Outcome outcome = _store.Fetch(key, fetch, ref reader, out marks);
#pragma warning restore IDE0059
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
                _watch.Fetched(key, outcome.Miss);
            }

            _counters.Add(fetch.HasTouch ? Counter.TouchHits : Counter.GetHits);
            return GetProgress.Done;
        }

        if (outcome.Status == StoreStatus.NotFound || fetch.HasVivify)
        {
            CountMiss(outcome.Miss, touches: false);
            if (IsObserved)
            {
                _watch.Fetched(key, outcome.Miss);
            }

            Tell(meta, MetaStatus.Miss, key, opaque, ref writer);
            return GetProgress.Done;
        }

        writer.Write(Unable);
        return GetProgress.Done;
    }

    /// <summary>md.</summary>
    public void Delete(in MetaRequest meta, scoped ItemKey key, scoped ReadOnlySpan<byte> opaque, ref ReplyWriter writer)
    {
        DeleteRequest delete = new()
        {
            Compare = CompareOf(meta),
            Cas = meta.NewCas,
            Invalidate = meta.Has(MetaFlags.Invalidate),
            ClearValue = meta.Has(MetaFlags.RemoveValue),
            HasTouch = meta.Has(MetaFlags.SetTtl),
            ClientFlags = meta.ClientFlags,
        };
        if (delete.HasTouch)
        {
            delete.TouchExpiryMilliseconds = Expiry.ToMilliseconds(meta.Ttl, _clock.Milliseconds);
        }

        bool observed = IsObserved;
        CommandWatch.Sizes sizes = observed ? _watch.Before(key) : default;
        StoreStatus status = _store.Delete(key, delete).Status;
        if (observed && !delete.Invalidate)
        {
            _watch.Deleted(key.Bytes, status == StoreStatus.Ok, sizes, "md"u8);
        }

        switch (status)
        {
            case StoreStatus.Ok:
                if (!delete.Invalidate)
                {
                    _counters.Add(Counter.DeleteHits);
                }

                Tell(meta, MetaStatus.Done, key, opaque, ref writer);
                break;
            case StoreStatus.NotFound or StoreStatus.Exists:
                _counters.Add(Counter.DeleteMisses);
                Tell(meta, status == StoreStatus.Exists ? MetaStatus.Exists : MetaStatus.NotFound, key, opaque, ref writer);
                break;
            default:
                writer.Write(Unable);
                break;
        }
    }

    /// <summary>ma.</summary>
    public void Arithmetic(in MetaRequest meta, scoped ItemKey key, scoped ReadOnlySpan<byte> opaque, ref ReplyWriter writer)
    {
        long now = _clock.Milliseconds;
        CountRequest count = new()
        {
            Delta = meta.Delta,
            Initial = meta.Initial,
            Compare = meta.CompareCas,
            Cas = meta.NewCas,
            Decrement = meta.Mode == MetaMode.Decrement,
            HasVivify = meta.Has(MetaFlags.Vivify),
            HasTouch = meta.Has(MetaFlags.SetTtl),
            HasBinaryKey = meta.Has(MetaFlags.Base64Key),
            VivifyExpiryMilliseconds = Expiry.ToMilliseconds(TtlOfCreated(meta), now),
            TouchExpiryMilliseconds = Expiry.ToMilliseconds(meta.Ttl, now),
        };
        if (IsObserved)
        {
            _watch.Before(key);
        }

        Outcome outcome = _store.Count(key, count, out long oldExpiry);
        switch (outcome.Status)
        {
            case StoreStatus.Ok:
                bool isCreated = outcome.Miss != MissReason.None;
                if (!isCreated)
                {
                    _counters.Add(count.Decrement ? Counter.DecrHits : Counter.IncrHits);
                }

                TellNumber(meta, key, outcome, Expiry.SecondsLeft(ExpiryAtTtl(meta, isCreated, oldExpiry, now), now), opaque, ref writer);
                break;
            case StoreStatus.NotFound:
                _counters.Add(count.Decrement ? Counter.DecrMisses : Counter.IncrMisses);
                Tell(meta, MetaStatus.NotFound, key, opaque, ref writer);
                break;
            case StoreStatus.Exists:
                Tell(meta, MetaStatus.Exists, key, opaque, ref writer);
                break;
            case StoreStatus.NotNumeric:
                writer.Write(TextReplies.NonNumeric);
                break;
            default:
                writer.Write(Unable);
                break;
        }
    }

    /// <summary>me.</summary>
    public void Debug(scoped ItemKey key, ref ReplyWriter writer)
    {
        _counters.Add(Counter.CmdMeta);
        FetchMarks marks = default;
        MetaDebugReader reader = new(in marks, writer.Free, _clock.Milliseconds, _casMask);
        FetchRequest look = new() { OnlyLook = true };
#pragma warning disable IDE0059 // The reader sees the marks by reference.
        if (_store.Fetch(key, look, ref reader, out marks).Status == StoreStatus.Ok)
#pragma warning restore IDE0059
        {
            writer.Advance(reader.Written);
            return;
        }

        writer.Write(TextReplies.MetaMiss);
    }

    /// <summary>Why the log took no record: no room on the disk, or a disk that failed.</summary>
    private ReadOnlySpan<byte> Unable => _store.Failure == null ? TextReplies.OutOfMemory : TextReplies.LogFailed;

    /// <summary>What t tells: flags are taken from left to right, so a T or N behind it does not count.</summary>
    internal static long ExpiryAtTtl(in MetaRequest meta, bool isCreated, long oldExpiryMilliseconds, long now)
    {
        if (!meta.Has(MetaFlags.Ttl))
        {
            return 0;
        }

        bool isTouched = meta.Precedes(MetaFlags.SetTtl, MetaFlags.Ttl);
        if (isCreated && meta.Precedes(MetaFlags.Vivify, MetaFlags.Ttl))
        {
            bool touchCounts = isTouched && meta.Precedes(MetaFlags.Vivify, MetaFlags.SetTtl);
            return Expiry.ToMilliseconds(touchCounts ? meta.Ttl : meta.VivifyTtl, now);
        }

        return isTouched ? Expiry.ToMilliseconds(meta.Ttl, now) : oldExpiryMilliseconds;
    }

    /// <summary>An item that is created lives as long as the last of N and T says.</summary>
    private static int TtlOfCreated(in MetaRequest meta) =>
        meta.Has(MetaFlags.SetTtl) && meta.Precedes(MetaFlags.Vivify, MetaFlags.SetTtl) ? meta.Ttl : meta.VivifyTtl;

    /// <summary>
    /// What md compares. The store takes 0 for no comparison, but C0 matches no item: nor does this number, which no clock reaches and
    /// no client has a reason to choose.
    /// </summary>
    private static ulong CompareOf(in MetaRequest meta) =>
        meta.Has(MetaFlags.CompareCas) && meta.CompareCas == 0 ? ulong.MaxValue : meta.CompareCas;

    /// <summary>Writes a reply that has no item, if it is not hidden by q.</summary>
    private static void Tell(in MetaRequest meta, MetaStatus status, scoped ItemKey key, scoped ReadOnlySpan<byte> opaque, ref ReplyWriter writer)
    {
        if (!meta.Hides(status))
        {
            writer.Advance(MetaComposer.WithoutItem(writer.Free, meta, status, key.Bytes, opaque));
        }
    }

    private void TellNumber(
        in MetaRequest meta, scoped ItemKey key, in Outcome outcome, long secondsLeft, scoped ReadOnlySpan<byte> opaque, ref ReplyWriter writer)
    {
        MetaStatus status = meta.Has(MetaFlags.Value) ? MetaStatus.Value : MetaStatus.Done;
        if (meta.Hides(status))
        {
            return;
        }

        Span<byte> number = stackalloc byte[TextComposer.MaxNumberLength];
        int length = TextComposer.Number(number, outcome.Number);
        MetaItem told = new()
        {
            Key = key.Bytes,
            Cas = outcome.Cas & _casMask,
            TtlSeconds = secondsLeft,
            Size = length - TextReplies.LineEnd.Length,
            IsBase64Key = meta.Has(MetaFlags.Base64Key),
        };
        writer.Advance(MetaComposer.WithItem(writer.Free, meta, status, told, opaque));
        if (status == MetaStatus.Value)
        {
            writer.Write(number[..length]);
        }
    }
}
