using System.Diagnostics.Metrics;
using AotKv.Engine;

namespace AotKv.Http.Metrics;

/// <summary>The store's instruments: asked when somebody collects, without cost in between.</summary>
internal sealed class StoreMeter : IDisposable
{
    public const string Name = "AotKv.Engine";

    /// <summary>Namespaces that have figures of their own: clients make them, so there must be a bound.</summary>
    public const int MaxNamespaces = 50;

    private readonly Meter _meter;
    private readonly Store _store;
    private readonly string? _directory;
    private long _evictedRead;

    public StoreMeter(Store store, string? directory)
    {
        _store = store;
        _directory = directory;
        _meter = new(new MeterOptions(Name) { Scope = store });
        AddItems();
        AddMemory();
        AddLog();
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private void AddItems()
    {
        Gauge("aotkv.items", "{item}", "Items in the store.", () => [new(_store.Statistics().Items)]);
        Count("aotkv.items.written", "{item}", "Records written for clients.", () => [new(_store.LifetimeStatistics().ItemsWritten)]);
        Count("aotkv.evictions", "{item}", "Items dropped to make room, by whether anybody had read them.", Evictions);
        Count("aotkv.expirations", "{item}", "Expired or flushed items removed, by what met them.", () =>
        {
            StoreStatistics figures = _store.LifetimeStatistics();
            return [new(figures.Reclaimed, Tag("by", "request")), new(figures.Swept, Tag("by", "sweeper"))];
        });
        Gauge("aotkv.namespace.items", "{item}", "Items of the largest namespaces.",
            () => Namespaces().Select(ns => new Measurement<long>(ns.Items, ns.Label)));
        Gauge("aotkv.namespace.size", "By", "Bytes of the records of the largest namespaces.",
            () => Namespaces().Select(ns => new Measurement<long>(ns.Bytes, ns.Label)));
    }

    /// <summary>The largest namespaces. The default one's counts are those of the whole store less all others'.</summary>
    private IEnumerable<(KeyValuePair<string, object?> Label, long Items, long Bytes)> Namespaces()
    {
        StoreStatistics figures = _store.Statistics();
        List<(string Name, long Items, long Bytes)> all = [.. _store.Namespaces.Select(ns => (ns.Name, ns.Items, ns.Bytes))];
        all.Add((HttpCall.DefaultNamespaceName, Math.Max(0, figures.Items - all.Sum(ns => ns.Items)), Math.Max(0, figures.ItemBytes - all.Sum(ns => ns.Bytes))));
        return all.OrderByDescending(ns => ns.Bytes).Take(MaxNamespaces).Select(ns => (Tag("namespace", ns.Name), ns.Items, ns.Bytes));
    }

    /// <summary>Two counters that are read one after the other: their difference may seem to go down, which a counter must not.</summary>
    private Measurement<long>[] Evictions()
    {
        StoreStatistics figures = _store.LifetimeStatistics();
        long read = Math.Max(Volatile.Read(ref _evictedRead), figures.Evictions - figures.EvictedUnread);
        Volatile.Write(ref _evictedRead, read);
        return [new(read, Tag("reason", "read_before")), new(figures.EvictedUnread, Tag("reason", "never_read"))];
    }

    private void AddMemory()
    {
        Gauge("aotkv.memory", "By", "Memory by what it is for; segments are the sum of items, dead and free.", () =>
        {
            StoreStatistics figures = _store.Statistics();
            return
            [
                new(figures.ItemBytes, Tag("kind", "items")),
                new(figures.DeadBytes, Tag("kind", "dead")),
                new(Math.Max(0, figures.SegmentBytes - figures.ItemBytes - figures.DeadBytes), Tag("kind", "free")),
                new(figures.IndexBytes, Tag("kind", "index")),
            ];
        });
        Gauge("aotkv.memory.limit", "By", "Memory for items and their index (-m).", () => [new(_store.Statistics().MemoryLimitBytes)]);
        Count("aotkv.memory.moved", "By", "Bytes of live records moved to free a segment.", () => [new(_store.LifetimeStatistics().RelocatedBytes)]);
    }

    private void AddLog()
    {
        if (_store.SyncTimes is not { } times)
        {
            return;
        }

        Gauge("aotkv.log.size", "By", "Bytes of the log's files.", () => [new(_store.Statistics().SegmentBytes)]);
        Gauge("aotkv.log.failed", "{failure}", "1 when the log cannot be written any more, 0 otherwise.", () => [new(_store.Failure == null ? 0 : 1)]);
        Count("aotkv.log.syncs", "{sync}", "Syncs of the log.", () => [new(_store.Syncs)]);
        TimeInstruments.Add(_meter, "aotkv.fsync.duration", "How long syncs of the log took.", () => [([], times)]);
        if (_directory != null)
        {
            Gauge("aotkv.disk.free", "By", "Bytes free on the data directory's disk.", () => [new(DiskSpace.Of(_directory)?.FreeBytes ?? 0)]);
            Gauge("aotkv.disk.size", "By", "Bytes of the data directory's disk.", () => [new(DiskSpace.Of(_directory)?.TotalBytes ?? 0)]);
        }
    }

    private void Count(string name, string unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, unit, help);

    private void Gauge(string name, string unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableUpDownCounter(name, read, unit, help);
}
