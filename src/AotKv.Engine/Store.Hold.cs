using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <content>Items that are read where they lie, for longer than a lock may be held.</content>
public sealed unsafe partial class Store
{
    /// <summary>
    /// Takes hold of a large item: its bytes stay as they are, whatever becomes of the key, until it is let go. Counts as access.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <returns>The item; null when the key is not there, or the item is small enough to be copied.</returns>
    public HeldItem? Hold(in ItemKey key)
    {
        ApplyDueFlush();
        Stripe* stripe = _table.Lock(key.Hash);
        ulong* slot = _table.Find(stripe, key, out Record record);
        HeldItem? held = null;
        if (slot != null && IsVisible(record, Clock.Milliseconds) && _segments.Of(Slot.Location(*slot))->IsLarge)
        {
            *slot = Slot.Read(*slot);
            held = new HeldItem();
            Hold(record.ToItem(*slot), held);
        }

        Memtable.Memtable.Unlock(stripe);
        return held;
    }

    /// <summary>
    /// Takes hold of an item that is being read: for an <see cref="IItemReader"/>, inside its call. The whole segment that the item lies in
    /// keeps its memory meanwhile, so hold few and not for long. Numbers may be changed where they lie; hold what is longer than 20 bytes.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="held">One that holds nothing.</param>
    public void Hold(in Item item, HeldItem held)
    {
        Segment* segment = _segments.Of(item.Location);
        SegmentPool.Pin(segment);
        held.Take(this, segment, item.Record);
    }

    internal void LetGo(Segment* segment) => _pool.Unpin(segment);
}
