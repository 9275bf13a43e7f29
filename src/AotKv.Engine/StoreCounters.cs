namespace AotKv.Engine;

/// <summary>Counters of events that are rare or happen on the reclaimer, all interlocked. What every operation counts lies in the stripes.</summary>
internal sealed class StoreCounters
{
    public long Evictions;
    public long EvictedUnread;
    public long Reclaimed;
    public long ExpiredUnread;
    public long RelocatedBytes;
    public long NoMemory;
    public long Swept;
    public long SweepVisits;

    public static void Add(ref long counter, long amount) => Interlocked.Add(ref counter, amount);
}
