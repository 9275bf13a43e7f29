using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <content>Large items that are read where they lie, for longer than a lock may be held.</content>
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
            Segment* segment = _segments.Of(Slot.Location(*slot));
            SegmentPool.Pin(segment);
            *slot = Slot.Read(*slot);
            held = new HeldItem(this, segment, record);
        }

        Memtable.Memtable.Unlock(stripe);
        return held;
    }

    internal void LetGo(Segment* segment) => _pool.Unpin(segment);
}
