using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Server.Sessions;
using AotKv.Server.Stats;

namespace AotKv.Server.Watch;

/// <summary>
/// Tells watchers, and the counting of prefixes, what commands do. Commands call it only when <see cref="ServerState.Observed"/> says
/// that somebody wants to know; it looks items up a second time for what it tells of them. One per loop.
/// </summary>
internal sealed class CommandWatch
{
    private readonly SessionHost _host;
    private readonly ServerState _state;

    public CommandWatch(SessionHost host)
    {
        _host = host;
        _state = host.State;
    }

    /// <summary>A retrieval has looked at a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="miss">Why there was nothing; None when it was found.</param>
    public void Fetched(in ItemKey key, MissReason miss)
    {
        if ((_state.Observed & WatchStreams.Prefixes) != 0)
        {
            _state.Prefixes.Count(key.Bytes, miss == MissReason.None ? PrefixEvent.Hit : PrefixEvent.Miss);
        }

        if ((_state.Observed & WatchStreams.Fetchers) != 0)
        {
            Look(key, out Sizes sizes);
            TellLook(key.Bytes, miss, sizes);
        }
    }

    /// <summary>A command that writes is about to look at a key.</summary>
    /// <returns>What it will find.</returns>
    public Sizes Before(in ItemKey key)
    {
        MissReason miss = Look(key, out Sizes sizes);
        if ((_state.Observed & WatchStreams.Fetchers) != 0)
        {
            TellLook(key.Bytes, miss, sizes);
        }

        return sizes;
    }

    /// <summary>A storage command was carried out, or failed.</summary>
    /// <param name="key">The key.</param>
    /// <param name="command">The classic command that does the same.</param>
    /// <param name="status">How it ended.</param>
    /// <param name="expiryMilliseconds">The item's expiry, milliseconds since 1970; 0 never.</param>
    /// <param name="valueLength">Bytes sent.</param>
    /// <param name="clientFlags">As sent.</param>
    public void Stored(ReadOnlySpan<byte> key, Verb command, StoreStatus status, long expiryMilliseconds, long valueLength, uint clientFlags)
    {
        if ((_state.Observed & WatchStreams.Prefixes) != 0 && status is not (StoreStatus.TooLarge or StoreStatus.NoMemory))
        {
            _state.Prefixes.Count(key, PrefixEvent.Set);
        }

        if ((_state.Observed & WatchStreams.Mutations) == 0)
        {
            return;
        }

        WatchLine line = Begin(stackalloc byte[WatchLine.MaxBytes], "item_store"u8);
        line.AddKey(key);
        line.Add(" status="u8, StatusName(status));
        line.Add(" cmd="u8, CommandName(command));
        line.Add(" ttl="u8, expiryMilliseconds == 0 ? 0 : Math.Max(0, (expiryMilliseconds - _host.Clock.Milliseconds + 500) / 1000));
        line.Add(" clsid="u8, _state.Classes.ClassOf(_state.Classes.ItemBytes(key.Length, valueLength, clientFlags)));
        line.Add(" cfd="u8, _host.ConnectionId);
        line.Add(" size="u8, valueLength);
        _state.Watch.Publish(WatchStreams.Mutations, line.End());
    }

    /// <summary>A deletion was carried out, or found nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="deleted">There was an item.</param>
    /// <param name="sizes">What <see cref="Before"/> found.</param>
    /// <param name="command">The command's name.</param>
    public void Deleted(ReadOnlySpan<byte> key, bool deleted, Sizes sizes, ReadOnlySpan<byte> command)
    {
        if ((_state.Observed & WatchStreams.Prefixes) != 0)
        {
            _state.Prefixes.Count(key, PrefixEvent.Delete);
        }

        if (!deleted || (_state.Observed & WatchStreams.Deletions) == 0)
        {
            return;
        }

        WatchLine line = Begin(stackalloc byte[WatchLine.MaxBytes], "deleted"u8);
        line.AddKey(key);
        line.Add(" cmd="u8, command);
        line.Add(" clsid="u8, sizes.Class);
        line.Add(" size="u8, sizes.ValueLength);
        _state.Watch.Publish(WatchStreams.Deletions, line.End());
    }

    private MissReason Look(in ItemKey key, out Sizes sizes)
    {
        SizeReader reader = new(_state.Classes);
        MissReason miss = _state.Store.Peek(key, ref reader).Miss;
        sizes = reader.Sizes;
        return miss;
    }

    private void TellLook(ReadOnlySpan<byte> key, MissReason miss, Sizes sizes)
    {
        WatchLine line = Begin(stackalloc byte[WatchLine.MaxBytes], "item_get"u8);
        line.AddKey(key);
        line.Add(" status="u8, miss switch
        {
            MissReason.None => "found"u8,
            MissReason.Expired => "expired"u8,
            MissReason.Flushed => "flushed"u8,
            _ => "not_found"u8,
        });
        line.Add(" clsid="u8, sizes.Class);
        line.Add(" cfd="u8, _host.ConnectionId);
        line.Add(" size="u8, sizes.ValueLength);
        _state.Watch.Publish(WatchStreams.Fetchers, line.End());
    }

    private WatchLine Begin(Span<byte> buffer, ReadOnlySpan<byte> type) =>
        new(buffer, _host.Clock.Microseconds, _state.Watch.NextNumber(), type);

    private static ReadOnlySpan<byte> StatusName(StoreStatus status) => status switch
    {
        StoreStatus.Ok => "stored"u8,
        StoreStatus.Exists => "exists"u8,
        StoreStatus.NotFound => "not_found"u8,
        StoreStatus.TooLarge => "too_large"u8,
        StoreStatus.NoMemory => "no_memory"u8,
        _ => "not_stored"u8,
    };

    private static ReadOnlySpan<byte> CommandName(Verb command) => command switch
    {
        Verb.Add => "add"u8,
        Verb.Replace => "replace"u8,
        Verb.Append => "append"u8,
        Verb.Prepend => "prepend"u8,
        Verb.Cas => "cas"u8,
        _ => "set"u8,
    };

    /// <summary>What is told of an item: its class and the length of its value; zero for none.</summary>
    internal readonly record struct Sizes(int Class, int ValueLength);

    private struct SizeReader(SlabClasses classes) : IItemReader
    {
        public Sizes Sizes { get; private set; }

        public void Read(in Item item) => Sizes = new(classes.ClassOf(item), item.Value.Length);
    }
}
