using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>Items that one call of <see cref="Scan"/> reads at most.</summary>
    public const int MaxItemsPerScan = Memtable.Memtable.CollectCapacity;

    /// <summary>
    /// Reads some more items, in no order, without stopping anybody: an item that is there throughout is seen exactly once. Reading in a
    /// scan does not count as access.
    /// </summary>
    /// <param name="position">Where the scan is; moved on.</param>
    /// <param name="ns">Only this namespace; null for all.</param>
    /// <param name="reader">Called for each item, some dozens at most.</param>
    /// <returns>False when the scan is at its end.</returns>
    public bool Scan<TReader>(ref ScanPosition position, StoreNamespace? ns, ref TReader reader)
        where TReader : struct, IItemReader, allows ref struct
    {
        ApplyDueFlush();
        if (position.Stripe >= _table.StripeCount)
        {
            return false;
        }

        ulong* slots = stackalloc ulong[Memtable.Memtable.CollectCapacity];
        Stripe* stripe = _table[position.Stripe];
        Native.WordLock.Enter(&stripe->Lock);
        int count = Memtable.Memtable.Collect(
            stripe, position.Tag, new Span<ulong>(slots, Memtable.Memtable.CollectCapacity), out uint nextTag);
        for (int i = 0; i < count; i++)
        {
            _table.PrefetchAt(Slot.Location(slots[i]));
        }

        long now = Clock.Milliseconds;
        for (int i = 0; i < count; i++)
        {
            Record record = _segments.At(Slot.Location(slots[i]));
            if (IsVisible(record, now) && (ns == null || record.Namespace == ns.Number))
            {
                reader.Read(record.ToItem(slots[i]));
            }
        }

        Memtable.Memtable.Unlock(stripe);
        position.MoveTo(nextTag);
        return true;
    }
}
