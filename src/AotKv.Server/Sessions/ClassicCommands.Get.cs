using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;

namespace AotKv.Server.Sessions;

/// <summary>How far a retrieval got.</summary>
internal enum GetProgress : byte
{
    /// <summary>Answered to the end.</summary>
    Done,

    /// <summary>The reply room is used up; go on at the position.</summary>
    ReplyFull,

    /// <summary>The budget is used up; go on at the position.</summary>
    Yield,
}

/// <summary>get, gets, gat, gats.</summary>
internal sealed partial class ClassicCommands
{
    /// <summary>Retrieval of one key.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The key with its hash.</param>
    /// <param name="writer">At least the smallest room.</param>
    /// <param name="required">Room the value needs when it did not fit, else 0.</param>
    /// <returns>Done or ReplyFull; nothing was written in the latter case.</returns>
    public GetProgress GetOne(in Request request, in ItemKey key, ref ReplyWriter writer, out int required)
    {
        GetProgress progress = Fetch(request, key, ref writer, out required, out bool failed);
        if (progress == GetProgress.Done)
        {
            writer.Write(failed ? Unable : TextReplies.End);
        }

        return progress;
    }

    /// <summary>
    /// Retrieval of any number of keys: slots and records of a batch of them are asked for before the first is read. May stop
    /// between two keys and be called again.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="words">The keys, as <see cref="Request.KeysLength"/> gives them.</param>
    /// <param name="position">Offset in the words of the first key not yet answered.</param>
    /// <param name="writer">Where values go.</param>
    /// <param name="budget">Batches that may still be answered in this turn.</param>
    /// <param name="required">Room the next value needs when it is more than was there, else 0.</param>
    public GetProgress GetMany(
        in Request request, ReadOnlySpan<byte> words, ref int position, ref ReplyWriter writer, ref int budget, out int required)
    {
        Span<KeyPlace> places = stackalloc KeyPlace[ServerLimits.BatchRequests];
        required = 0;
        while (true)
        {
            int count = Prepare(words, position, places);
            for (int i = 0; i < count; i++)
            {
                KeyPlace place = places[i];
                position = place.Start;
                if (writer.Room < ServerLimits.MinReplyRoomBytes)
                {
                    return GetProgress.ReplyFull;
                }

                ItemKey key = ItemKey.FromHash(words.Slice(place.Start, place.Length), place.Hash);
                if (Fetch(request, key, ref writer, out required, out bool failed) != GetProgress.Done)
                {
                    return GetProgress.ReplyFull;
                }

                if (failed)
                {
                    writer.Write(Unable);
                    return GetProgress.Done;
                }

                position = place.Start + place.Length;
            }

            if (count < places.Length)
            {
                break;
            }

            if (--budget <= 0)
            {
                return GetProgress.Yield;
            }
        }

        if (writer.Room < ServerLimits.MinReplyRoomBytes)
        {
            return GetProgress.ReplyFull;
        }

        writer.Write(TextReplies.End);
        return GetProgress.Done;
    }

    private int Prepare(ReadOnlySpan<byte> words, int position, Span<KeyPlace> places)
    {
        KeyList keys = new(words.Slice(position));
        int count = 0;
        while (count < places.Length && keys.MoveNext())
        {
            ReadOnlySpan<byte> bytes = keys.Current;
            ulong hash = _store.Key(bytes).Hash;
            _store.PrefetchSlot(hash);
            places[count++] = new(position + keys.Position - bytes.Length, bytes.Length, hash);
        }

        for (int i = 0; i < count; i++)
        {
            _store.PrefetchRecord(places[i].Hash);
        }

        return count;
    }

    /// <summary>Reads one key into the reply and counts it; "failed" when a touch found no memory.</summary>
    private GetProgress Fetch(in Request request, in ItemKey key, ref ReplyWriter writer, out int required, out bool failed)
    {
        bool touch = request.Verb >= Verb.Gat;
        ValueReader reader = new(
            writer.Free, request.Verb is Verb.Gets or Verb.Gats, _hasCas ? ulong.MaxValue : 0, touch ? null : _lent, writer.Length);
        required = 0;
        failed = false;
        Outcome outcome;
        if (touch)
        {
            long now = _clock.Milliseconds;
            long expiry = Expiry.ToMilliseconds(request.Exptime, now);
            if (expiry != 0 && expiry <= now && !Fits(key, reader, out required))
            {
                // Touched, it would be gone before there is room for it.
                return GetProgress.ReplyFull;
            }

            outcome = _store.ReadAndTouch(key, expiry, ref reader);
        }
        else
        {
            outcome = _store.Read(key, ref reader);
        }

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

            _counters.Add(touch ? Counter.TouchHits : Counter.GetHits);
            return GetProgress.Done;
        }

        if (outcome.Status != StoreStatus.NotFound)
        {
            failed = true;
            return GetProgress.Done;
        }

        CountMiss(outcome.Miss, touch);
        if (IsObserved)
        {
            _watch.Fetched(key, outcome.Miss);
        }

        return GetProgress.Done;
    }

    /// <summary>Whether an item, if there is one, fits into a reader's room.</summary>
    private bool Fits(in ItemKey key, ValueReader probe, out int required)
    {
        _store.Read(key, ref probe);
        required = probe.Needed;
        return required == 0;
    }

    /// <summary>Where a key is in its line, and its hash.</summary>
    private readonly record struct KeyPlace(int Start, int Length, ulong Hash);
}
