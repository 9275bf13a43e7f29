using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using AotKv.Engine.Eviction;
using AotKv.Engine.Expiry;
using AotKv.Engine.Hashing;
using AotKv.Engine.Log;
using AotKv.Engine.Native;

namespace AotKv.Engine;

/// <summary>
/// A key-value store in native memory: a log of records in segments with a striped index over it. All operations may be
/// called from any thread at once. Nothing on the way of an operation allocates managed memory or throws for bad data.
/// </summary>
public sealed unsafe partial class Store : IDisposable
{
    private readonly StoreOptions _options;
    private readonly KeyHash _hash;
    private readonly byte* _words; // locks and log heads, a cache line each
    private readonly SegmentPool _pool;
    private readonly SegmentQueue _young;
    private readonly SegmentQueue _main;
    private readonly LogHead _head;
    private readonly LogHead _mainHead;
    private readonly Memtable.Memtable _table;
    private readonly Reclaimer _reclaimer;
    private readonly Maintenance _maintenance;
    private readonly StoreCounters _counters = new();
    private ulong _lastRevision; // head lock
    private ulong _flushedRevision; // all stripe locks
    private long _flushAtMicroseconds; // a flush that is still to come, 0 none; interlocked
    private bool _disposed;

    /// <summary>Opens an empty store.</summary>
    /// <param name="options">Limits and seams.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientMemoryException">The system has no memory for the empty store.</exception>
    public Store(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        Clock = options.Clock ?? new Clock();
        _hash = new KeyHash(options.HashSeed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
        _words = Throw.IfNoMemory(NativePages.Map(NativePages.Granularity), NativePages.Granularity);
        _pool = new SegmentPool(SegmentGeometry.For(options.MemoryLimitBytes), options.MemoryLimitBytes, Word(0));
        _young = new SegmentQueue(_pool, Word(1));
        _main = new SegmentQueue(_pool, Word(2));
        _head = new LogHead(_pool, _young, Word(3), isMain: false);
        _mainHead = new LogHead(_pool, _main, Word(4), isMain: true);
        _table = new Memtable.Memtable(_pool, options.MemoryLimitBytes);
        _reclaimer = new Reclaimer(this, _pool, _table, _young, _main, _mainHead, _hash);
        var crawler = new ExpiryCrawler(this, _pool, _table, _reclaimer, _hash, _head, _mainHead);
        _maintenance = new Maintenance(this, _pool, _reclaimer, crawler);
    }

    /// <summary>The clock that decides what has expired.</summary>
    public Clock Clock { get; }

    /// <summary>Items stored up to this revision are invisible.</summary>
    internal ulong FlushedRevision => Volatile.Read(ref _flushedRevision);

    internal bool EvictionDisabled => _options.EvictionDisabled;

    internal StoreCounters Counters => _counters;

    /// <summary>Hashes a key for the operations below.</summary>
    /// <param name="key">1 to 65,535 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ItemKey Key(ReadOnlySpan<byte> key) => new(key, _hash.Hash(key));

    /// <summary>Asks the processor to fetch the place in the index where the key's slot is. First step of a batch.</summary>
    /// <param name="hash">The key's hash.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(ulong hash) => _table.PrefetchSlot(hash);

    /// <summary>Asks the processor to fetch the key's record. Second step of a batch, after all slots were asked for.</summary>
    /// <param name="hash">The key's hash.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRecord(ulong hash) => _table.PrefetchRecord(hash);

    /// <summary>Gives all memory back. No operation may be running or come after.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _maintenance.Dispose();
        _table.Dispose();
        _pool.Dispose();
        NativePages.Unmap(_words, NativePages.Granularity);
    }

    /// <summary>Whether an item can be seen: not expired, not flushed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsVisible(Record record, long nowMilliseconds)
    {
        long expiry = record.ExpiryMilliseconds;
        return record.Revision > _flushedRevision && (expiry == 0 || expiry > nowMilliseconds);
    }

    private int* Word(int line) => (int*)(_words + (line * 64));

    /// <summary>The next revision: above every one before, and not below the clock. Head lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong NextRevision()
    {
        ulong now = (ulong)Clock.Microseconds;
        ulong next = _lastRevision + 1;
        return _lastRevision = now > next ? now : next;
    }
}
