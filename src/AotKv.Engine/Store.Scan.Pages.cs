using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>
    /// As <see cref="Scan"/>, but in an order, so that it can stop when the reader has enough: the next call goes on behind the last item.
    /// Items whose keys share a place in the index come together (a pair among millions), so a reader must take some more than it asked for.
    /// </summary>
    /// <param name="position">Where the scan is; moved on.</param>
    /// <param name="ns">Only this namespace; null for all.</param>
    /// <param name="reader">Called for each item.</param>
    /// <returns>False when the scan is at its end.</returns>
    public bool ScanPage<TReader>(ref ScanPosition position, StoreNamespace? ns, ref TReader reader)
        where TReader : struct, IScanReader, allows ref struct
    {
        ApplyDueFlush();
        if (position.Stripe >= _table.StripeCount)
        {
            return false;
        }

        ulong* collected = stackalloc ulong[Memtable.Memtable.CollectCapacity];
        Stripe* stripe = _table[position.Stripe];
        Native.WordLock.Enter(&stripe->Lock);
        int count = Memtable.Memtable.Collect(
            stripe, position.Tag, new Span<ulong>(collected, Memtable.Memtable.CollectCapacity), out uint nextTag);

        // A slot's highest bits are its tag.
        var slots = new Span<ulong>(collected, count);
        slots.Sort();
        long now = Clock.Milliseconds;
        for (int i = 0; i < slots.Length; i++)
        {
            uint tag = (uint)(slots[i] >> Slot.TagShift);
            if (reader.IsFull && (i == 0 || tag != (uint)(slots[i - 1] >> Slot.TagShift)))
            {
                nextTag = tag;
                break;
            }

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
