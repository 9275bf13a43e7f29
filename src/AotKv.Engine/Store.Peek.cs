using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <content>Looking at items without that counting as access.</content>
public sealed unsafe partial class Store
{
    private const ulong MicrosecondsPerSecond = 1_000_000;

    /// <summary>Reads an item as if nobody had: it counts as little read as before, and nobody is told to fetch it anew.</summary>
    /// <param name="key">The key.</param>
    /// <param name="reader">Called with the item when it is there.</param>
    /// <returns>Ok, or NotFound with the reason.</returns>
    public Outcome Peek<TReader>(in ItemKey key, ref TReader reader)
        where TReader : struct, IItemReader, allows ref struct
    {
        ApplyDueFlush();
        Stripe* stripe = _table.Lock(key.Hash);
        ulong* slot = _table.Find(stripe, key, out Record record);
        MissReason reason = slot == null ? MissReason.Absent : ReasonHidden(record);
        if (reason == MissReason.None)
        {
            reader.Read(record.ToItem(*slot));
        }

        Memtable.Memtable.Unlock(stripe);
        return new Outcome(reason == MissReason.None ? StoreStatus.Ok : StoreStatus.NotFound, reason);
    }

    /// <summary>
    /// When an item was last written or read, as far as that is kept: in memory the last read that changed how often it counts as read
    /// (the first ones, and then one now and then, as in memcached); in a durable log, where reading changes nothing, the last write.
    /// </summary>
    /// <param name="item">The item, while it may be looked at.</param>
    /// <returns>Seconds since 1970 (UTC).</returns>
    public long LastAccessSeconds(in Item item) =>
        _isDurable ? (long)(item.Record.Revision / MicrosecondsPerSecond) : item.Record.FirstWord;

    /// <summary>Keeps the time of an access. Stripe lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteAccess(Record record)
    {
        if (!_isDurable)
        {
            record.FirstWord = (uint)Clock.Seconds;
        }
    }

    /// <summary>Why nobody can see a record; None when they can.</summary>
    private MissReason ReasonHidden(Record record)
    {
        if (record.Revision <= FlushedRevisionOf(record))
        {
            return MissReason.Flushed;
        }

        return IsVisible(record, Clock.Milliseconds) ? MissReason.None : MissReason.Expired;
    }
}
