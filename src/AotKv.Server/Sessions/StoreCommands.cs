using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>What the commands of every protocol work with, and what they count in the same way. One per loop and protocol.</summary>
internal abstract class StoreCommands
{
    private protected readonly Store _store;
    private protected readonly Clock _clock;
    private protected readonly CounterBlock _counters;
    private protected readonly ServerState _state;
    private protected readonly CommandWatch _watch;
    private protected readonly ulong _casMask; // what clients get to see of an id: nothing with -C

    private protected readonly LentValue _lent;

    private readonly long _maxItemBytes;

    private protected StoreCommands(SessionHost host)
    {
        _store = host.Store;
        _clock = host.Clock;
        _counters = host.Counters;
        _state = host.State;
        _watch = host.Watch;
        _casMask = host.CasMask;
        _lent = host.Lent;
        _maxItemBytes = host.State.StoreOptions.MaxItemBytes;
    }

    /// <summary>Somebody watches what commands do.</summary>
    private protected bool IsObserved => _state.Observed != WatchStreams.None;

    /// <summary>Whether an item would pass the size limit, by memcached's formula.</summary>
    /// <param name="keyLength">Bytes of the key as it is stored.</param>
    /// <param name="valueLength">Bytes of the value.</param>
    /// <param name="clientFlags">Its flags: they take room when there are any.</param>
    private protected bool IsTooLarge(int keyLength, long valueLength, uint clientFlags) =>
        ServerLimits.ItemOverheadBytes + (clientFlags != 0 ? ServerLimits.ItemFlagsBytes : 0) + keyLength + valueLength > _maxItemBytes;

    /// <summary>Counts a retrieval that found nothing, and why.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="touches">It was to set a time as well.</param>
    private protected void CountMiss(MissReason reason, bool touches)
    {
        _counters.Add(touches ? Counter.TouchMisses : Counter.GetMisses);
        if (reason == MissReason.Expired)
        {
            _counters.Add(Counter.GetExpired);
        }
        else if (reason == MissReason.Flushed)
        {
            _counters.Add(Counter.GetFlushed);
        }
    }

    /// <summary>Counts a storage request that cannot be carried out, and tells those who watch.</summary>
    /// <param name="key">Its key as it is stored.</param>
    /// <param name="command">The classic command that does the same.</param>
    /// <param name="counter">Why: StoreTooLarge or StoreNoMemory.</param>
    /// <param name="exptime">Its expiry as memcached's clients give it.</param>
    /// <param name="valueLength">Bytes announced.</param>
    /// <param name="clientFlags">Its flags.</param>
    private protected void CountFailure(ReadOnlySpan<byte> key, Verb command, Counter counter, long exptime, long valueLength, uint clientFlags)
    {
        _counters.Add(counter);
        if (IsObserved)
        {
            StoreStatus status = counter == Counter.StoreTooLarge ? StoreStatus.TooLarge : StoreStatus.NoMemory;
            _watch.Stored(key, command, status, Expiry.ToMilliseconds(exptime, _clock.Milliseconds), valueLength, clientFlags);
        }
    }

    /// <summary>Counts a store that compared ids by how it ended.</summary>
    private protected void CountCompare(StoreStatus status) =>
        _counters.Add(status == StoreStatus.Ok ? Counter.CasHits : status == StoreStatus.Exists ? Counter.CasBadval : Counter.CasMisses);
}
