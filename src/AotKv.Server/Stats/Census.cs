using System.Diagnostics;
using AotKv.Engine;

namespace AotKv.Server.Stats;

/// <summary>All items counted by memcached's slab class. Taken in one pass over the store, in steps.</summary>
internal sealed class Census
{
    private readonly SlabClasses _classes;
    private readonly long[] _items = new long[SlabClasses.Limit];
    private readonly long[] _bytes = new long[SlabClasses.Limit];
    private readonly long[] _oldest = new long[SlabClasses.Limit];

    public Census(SlabClasses classes)
    {
        _classes = classes;
        Array.Fill(_oldest, long.MaxValue);
    }

    /// <summary>Items of a class.</summary>
    public long Items(int id) => _items[id];

    /// <summary>Bytes memcached would take for the items of a class.</summary>
    public long Bytes(int id) => _bytes[id];

    /// <summary>Seconds since the access that is longest ago; 0 for a class without items.</summary>
    public long Age(int id, long nowSeconds) => _items[id] == 0 ? 0 : Math.Max(0, nowSeconds - _oldest[id]);

    /// <summary>Counts an item.</summary>
    public void Count(in Item item, long lastAccessSeconds)
    {
        long bytes = _classes.ItemBytes(item);
        int id = _classes.ClassOf(bytes);
        _items[id]++;
        _bytes[id] += bytes;
        _oldest[id] = Math.Min(_oldest[id], lastAccessSeconds);
    }
}

/// <summary>
/// The last census, for those who ask again soon: one that took long to make is used longer, so that scraping statistics takes a
/// twentieth of one core at most, however many items there are. A small store is counted anew each time.
/// </summary>
internal sealed class CensusCache
{
    private const int RestFactor = 20;

    /// <summary>What took no longer than this is not kept, so that small stores are always counted anew.</summary>
    private static readonly long KeptFromTicks = Stopwatch.Frequency / 200;

    private readonly Lock _lock = new();
    private readonly bool[] _known = new bool[SlabClasses.Limit]; // _lock
    private Census? _last; // _lock
    private long _freshUntil; // _lock

    /// <summary>The last census while it is fresh; null after that.</summary>
    public Census? Fresh
    {
        get
        {
            lock (_lock)
            {
                return Stopwatch.GetTimestamp() < _freshUntil ? _last : null;
            }
        }
    }

    /// <summary>Whether a class ever had items when they were counted.</summary>
    public bool IsKnown(int id)
    {
        lock (_lock)
        {
            return _known[id];
        }
    }

    /// <summary>Keeps a new census.</summary>
    /// <param name="census">The census.</param>
    /// <param name="workTicks">How long it took, waiting not counted.</param>
    public void Keep(Census census, long workTicks)
    {
        lock (_lock)
        {
            _last = census;
            _freshUntil = workTicks < KeptFromTicks ? 0 : Stopwatch.GetTimestamp() + (workTicks * RestFactor);
            for (int id = 0; id < _known.Length; id++)
            {
                _known[id] |= census.Items(id) > 0;
            }
        }
    }
}
