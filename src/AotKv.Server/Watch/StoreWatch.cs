using System.Runtime.CompilerServices;
using AotKv.Engine;

namespace AotKv.Server.Watch;

/// <summary>Hears what the store removes on its own: counts it by class, and tells watchers of evictions.</summary>
internal sealed class StoreWatch : IStoreObserver
{
    private readonly ServerState _state;

    public StoreWatch(ServerState state) => _state = state;

    public void Removed(in Item item, RemovalReason reason)
    {
        long bytes = _state.Classes.ItemBytes(item);
        int id = _state.Classes.ClassOf(bytes);
        long idle = Math.Max(0, _state.Store.Clock.Seconds - _state.Store.LastAccessSeconds(item));
        _state.ClassCounters.Count(id, item, reason, idle);
        if (reason == RemovalReason.Evicted && (_state.Observed & WatchStreams.Evictions) != 0)
        {
            Tell(item, id, idle);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Tell(in Item item, int id, long idle)
    {
        WatchLine line = new(stackalloc byte[WatchLine.MaxBytes], _state.Store.Clock.Microseconds, _state.Watch.NextNumber(), "eviction"u8);
        line.AddKey(item.Key);
        line.Add(" fetch="u8, item.WasFetched ? "yes"u8 : "no"u8);
        line.Add(" ttl="u8, item.ExpiryMilliseconds == 0 ? -1 : (item.ExpiryMilliseconds - _state.Store.Clock.Milliseconds) / 1000);
        line.Add(" la="u8, idle);
        line.Add(" clsid="u8, id);
        line.Add(" size="u8, item.Value.Length);
        _state.Watch.Publish(WatchStreams.Evictions, line.End());
    }
}
