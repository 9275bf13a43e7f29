using AotKv.Engine.Log.Devices;

namespace AotKv.Engine;

/// <summary>How a <see cref="Store"/> is set up. Every property has a range; <see cref="Store"/> checks them all.</summary>
public sealed record StoreOptions
{
    /// <summary>The smallest allowed <see cref="MemoryLimitBytes"/>: 1 MiB.</summary>
    public const long MinMemoryLimitBytes = 1L << 20;

    /// <summary>The largest allowed <see cref="MemoryLimitBytes"/>: 512 GiB, what a location in the index can address.</summary>
    public const long MaxMemoryLimitBytes = 1L << 39;

    /// <summary>The largest allowed <see cref="MaxItemBytes"/>: 1 GiB.</summary>
    public const long MaxItemBytesCeiling = 1L << 30;

    /// <summary>Bytes for records and index together. 1 MiB to 512 GiB; default 64 MiB.</summary>
    public long MemoryLimitBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Largest item in bytes: key + value + <see cref="ItemOverheadBytes"/>, and 4 more when the client flags are not 0.
    /// 1 KiB to 1 GiB and at most half of <see cref="MemoryLimitBytes"/>; default 1 MiB.
    /// </summary>
    public long MaxItemBytes { get; init; } = 1L << 20;

    /// <summary>
    /// What is added to key and value when an item is held against <see cref="MaxItemBytes"/>. 0 to 1024; default 0. The
    /// memcached door sets it so that the limit falls on the same byte as memcached's (item header, CAS, terminators).
    /// </summary>
    public int ItemOverheadBytes { get; init; }

    /// <summary>
    /// How many dead bytes the log may hold while there is room for more, in percent of the live ones: less gives space back sooner, to the
    /// file system too, for more copying. 10 to 1000; default 100. A few segments more are always allowed, and a full store cleans whatever is worth it.
    /// </summary>
    public int DeadSpacePercent { get; init; } = 100;

    /// <summary>A full store answers <see cref="StoreStatus.NoMemory"/> instead of evicting live items.</summary>
    public bool EvictionDisabled { get; init; }

    /// <summary>
    /// Ask the system for large pages for records in memory: fewer misses of its address tables, for memory taken 2 MiB at a time. Linux
    /// only, and only without <see cref="DataDirectory"/>; the index keeps small pages, of which most of its stripes use a part.
    /// </summary>
    public bool LargePages { get; init; }

    /// <summary>Seed of the keyed hash; null draws a random one. Set it only to repeat a test.</summary>
    public ulong? HashSeed { get; init; }

    /// <summary>Where time comes from; null means the system's clock.</summary>
    public Clock? Clock { get; init; }

    /// <summary>Where the store keeps its log; null keeps everything in memory. Made when it is missing.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>With a data directory: when what was written is synced. Default: every <see cref="SyncIntervalMilliseconds"/>.</summary>
    public SyncMode SyncMode { get; init; } = SyncMode.Interval;

    /// <summary>Milliseconds between syncs, 1 to 3,600,000; default 1000.</summary>
    public int SyncIntervalMilliseconds { get; init; } = 1000;

    /// <summary>Go on after damage in the middle of the log, without what is lost; damaged files are kept aside.</summary>
    public bool Repair { get; init; }

    /// <summary>Every change stays in the log in revision order, also without a data directory: for reading the feed.</summary>
    public bool KeepsFeed { get; init; }

    /// <summary>Told how recovery goes on; null for nobody.</summary>
    public IProgress<RecoveryProgress>? Progress { get; init; }

    /// <summary>Told what an operator should know (a torn tail that was cut, a disk that failed); null for nobody.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>A test's disk in place of the directory's.</summary>
    internal Func<string, LogDevice>? DeviceFactory { get; init; }

    /// <summary>A test's number for a new log in place of a random one.</summary>
    internal ulong? StoreId { get; init; }

    /// <summary>A test's segment size in place of the one that follows from the limit; a power of two from 16 KiB.</summary>
    internal long? SegmentBytes { get; init; }

    /// <summary>Told of the steps of the store's own thread; null for nobody.</summary>
    internal IStepObserver? StepObserver { get; init; }

    /// <summary>The store has no threads: a test calls <see cref="Store.MaintainByHand"/> and <see cref="Store.SyncByHand"/>, so that a seed repeats it.</summary>
    internal bool RunsByHand { get; init; }

    internal void Check()
    {
        if (DeadSpacePercent is < 10 or > 1000)
        {
            Throw.OutOfRange(nameof(DeadSpacePercent), DeadSpacePercent, "10 to 1000 percent");
        }

        if (SyncIntervalMilliseconds is < 1 or > 3_600_000)
        {
            Throw.OutOfRange(nameof(SyncIntervalMilliseconds), SyncIntervalMilliseconds, "1 to 3,600,000 milliseconds");
        }

        if (MemoryLimitBytes is < MinMemoryLimitBytes or > MaxMemoryLimitBytes)
        {
            Throw.OutOfRange(nameof(MemoryLimitBytes), MemoryLimitBytes, "1 MiB to 512 GiB");
        }

        if (MaxItemBytes < 1024 || MaxItemBytes > Math.Min(MaxItemBytesCeiling, MemoryLimitBytes / 2))
        {
            Throw.OutOfRange(nameof(MaxItemBytes), MaxItemBytes, "1 KiB to 1 GiB and at most half of the memory limit");
        }

        if (ItemOverheadBytes is < 0 or > 1024)
        {
            Throw.OutOfRange(nameof(ItemOverheadBytes), ItemOverheadBytes, "0 to 1024");
        }
    }
}
