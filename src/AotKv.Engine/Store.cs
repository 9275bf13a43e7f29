using System.Runtime.CompilerServices;
using AotKv.Engine.Eviction;
using AotKv.Engine.Hashing;
using AotKv.Engine.Log;
using AotKv.Engine.Log.Devices;
using AotKv.Engine.Namespaces;
using AotKv.Engine.Native;

namespace AotKv.Engine;

/// <summary>
/// A key-value store: a log of records in segments with a striped index over it. The segments are memory, or files of a data
/// directory mapped into memory, which then survive the process. All operations may be called from any thread at once. Nothing on the
/// way of an operation allocates managed memory or throws for bad data.
/// </summary>
public sealed unsafe partial class Store : IDisposable
{
    private readonly StoreOptions _options;
    private readonly KeyHash _hash;
    private readonly byte* _words; // locks and log heads, two cache lines each
    private readonly DirectoryLock? _directoryLock;
    private readonly SegmentTable _segments;
    private readonly SegmentPool _pool;
    private readonly LogHead _head;
    private readonly LogHead _mainHead;
    private readonly Memtable.Memtable _table;
    private readonly Ghosts _ghosts;
    private readonly SegmentSupply _supply;
    private readonly Syncer? _syncer;
    private readonly Maintenance _maintenance;
    private readonly NamespaceTable _namespaces = new();
    private readonly StoreCounters _counters = new();
    private readonly Revisions _revisions;
    private readonly Feed.FeedSource? _feed;
    private readonly bool _isDurable;
    private readonly bool _logsChanges; // deletions and touches are records too, and numbers are never changed in place
    private ulong _flushedRevision; // of the default namespace; all stripe locks
    private long _flushAtMicroseconds; // a flush that is still to come, 0 none; interlocked
    private bool _disposed;

    /// <summary>Opens a store: an empty one in memory, or what a data directory holds.</summary>
    /// <param name="options">Limits and seams.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientMemoryException">The system has no memory for the empty store.</exception>
    /// <exception cref="DataDirectoryException">The data directory cannot be used.</exception>
    /// <exception cref="LogDamagedException">The log is damaged before its end, and repair was not asked for.</exception>
    public Store(StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        Clock = options.Clock ?? new Clock();
        _revisions = new Revisions(Clock);
        _hash = new KeyHash(options.HashSeed ?? RandomBits.Next());
        _isDurable = options.DataDirectory != null;
        _logsChanges = _isDurable || options.KeepsFeed;
        _words = Throw.IfNoMemory(NativePages.Map(NativePages.Granularity), NativePages.Granularity);
        _directoryLock = _isDurable ? DirectoryLock.Take(options.DataDirectory!) : null;
        try
        {
            Recovery.LogFiles? files = _isDurable ? Recovery.LogFiles.Open(options) : null;
            _segments = new SegmentTable(SegmentGeometry.For(
                options.MemoryLimitBytes, files?.SegmentBytes ?? options.SegmentBytes, files?.IdsInUse ?? 0, isCostly: _isDurable || options.LargePages));
            SegmentBacking backing = files == null ? new AnonymousBacking(options.LargePages) : files.Back(_segments.Count);
            _pool = new SegmentPool(_segments, backing, options.MemoryLimitBytes, files?.StoreId ?? 0, Word(0));
            var young = new SegmentQueue(_segments, Word(1)) { IsStream = options.KeepsFeed };
            var main = new SegmentQueue(_segments, Word(2));
            _head = new LogHead(_pool, young, _revisions, Word(3), isMain: false);
            _mainHead = new LogHead(_pool, main, _revisions, Word(4), isMain: true);
            _table = new Memtable.Memtable(_pool, Math.Max(options.MemoryLimitBytes, files?.Bytes ?? 0));
            if (files != null)
            {
                var recovery = new Recovery.LogRecovery(this, options, files, (FileBacking)backing, _pool, _table, _namespaces, young, main, _head, _mainHead);
                recovery.Run();
                _flushedRevision = _namespaces.Default.FlushedRevision;
                _flushAtMicroseconds = _namespaces.Default.FlushAtMicroseconds;
                _revisions.StartAfter(recovery.LastRevision);
                _syncer = new Syncer(
                    _pool, backing, _head, _mainHead, _revisions, options.SyncMode, options.SyncIntervalMilliseconds, options.Log);
            }

            _ghosts = new Ghosts(_pool, options.MemoryLimitBytes);
            var reclaimer = new Reclaimer(this, _pool, _table, _ghosts, young, main, _mainHead);
            var sweeper = new Sweeper(this, _segments, _table, reclaimer, _head, _mainHead, options.StepObserver);
            _feed = options.KeepsFeed ? new Feed.FeedSource(_segments, _pool, _table, this, reclaimer, _head, _revisions) : null;
            _supply = new SegmentSupply(_pool, reclaimer, sweeper, _syncer, _head, _mainHead);
            _maintenance = new Maintenance(this, _pool, _supply, sweeper, options.StepObserver);
        }
        catch
        {
            _directoryLock?.Dispose();
            throw;
        }

        if (!options.RunsByHand)
        {
            _maintenance.Start();
            _syncer?.Start();
        }
    }

    /// <summary>The clock that decides what has expired.</summary>
    public Clock Clock { get; }

    /// <summary>Told of items the store removes on its own; null for nobody. May be set at any time.</summary>
    public IStoreObserver? Observer { get; set; }

    /// <summary>Whether the store has a data directory.</summary>
    public bool IsDurable => _isDurable;

    internal bool EvictionDisabled => _options.EvictionDisabled;

    internal int DeadSpacePercent => _options.DeadSpacePercent;

    internal StoreCounters Counters => _counters;

    internal SegmentPool Pool => _pool;

    /// <summary>Hashes a key of the default namespace for the operations below.</summary>
    /// <param name="key">1 to 65,535 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ItemKey Key(ReadOnlySpan<byte> key) => new(key, _hash.Hash(key));

    /// <summary>Hashes a key of a namespace for the operations below.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">1 to 65,535 bytes.</param>
    public ItemKey Key(StoreNamespace ns, ReadOnlySpan<byte> key) => new(key, _hash.Hash(key) ^ ns.HashSalt, ns.Number);

    /// <summary>Asks the processor to fetch the place in the index where the key's slot is. First step of a batch.</summary>
    /// <param name="hash">The key's hash.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(ulong hash) => _table.PrefetchSlot(hash);

    /// <summary>Asks the processor to fetch the key's record. Second step of a batch, after all slots were asked for.</summary>
    /// <param name="hash">The key's hash.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRecord(ulong hash) => _table.PrefetchRecord(hash);

    /// <summary>
    /// Ends the store's work; a durable log is synced and marked as complete. No operation may be running or come after.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        StopThreads();
        CloseLog();
        Release();
    }

    /// <summary>What a kill leaves: nothing is sealed, synced or said any more. For tests.</summary>
    internal void Abandon()
    {
        StopThreads();
        Release();
    }

    /// <summary>One turn of the maintenance thread, where a test has none.</summary>
    internal void MaintainByHand() => _maintenance.Turn(sweepAnyway: true);

    /// <summary>One sync, where a test has no thread for it.</summary>
    internal bool SyncByHand() => _syncer!.SyncNow();

    private void StopThreads()
    {
        _disposed = true;
        _maintenance.Stop();
        _syncer?.Stop();
    }

    private void Release()
    {
        _maintenance.Dispose();
        _syncer?.Dispose();
        _table.Dispose();
        _ghosts.Dispose();
        _pool.Dispose();
        _segments.Dispose();
        NativePages.Unmap(_words, NativePages.Granularity);
        _directoryLock?.Dispose();
    }

    /// <summary>The hash of a record's key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong HashOf(Record record)
    {
        ulong hash = _hash.Hash(record.Key);
        uint ns = record.Namespace;
        return ns == 0 ? hash : hash ^ (FindNamespace(ns)?.HashSalt ?? 0);
    }

    /// <summary>Whether an item can be seen: not expired, not flushed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsVisible(Record record, long nowMilliseconds)
    {
        if ((record.Attributes & (RecordLayout.Expiry | RecordLayout.Special)) == 0)
        {
            return record.Revision > _flushedRevision;
        }

        long expiry = record.ExpiryMilliseconds;
        return record.Revision > FlushedRevisionOf(record) && (expiry == 0 || expiry > nowMilliseconds);
    }

    internal ulong FlushedRevisionOf(Record record)
    {
        uint ns = record.Namespace;
        return ns == 0 ? _flushedRevision : FindNamespace(ns)?.FlushedRevision ?? ulong.MaxValue;
    }

    private int* Word(int line) => (int*)(_words + (line * 128));
}
