using AotKv.Engine;
using AotKv.Engine.Feed;
using AotKv.Micro;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>What reads the log: the feed, and recovery.</summary>
public class LogBenchmarks : IDisposable
{
    private const int Changes = 1000;
    private const int ValueBytes = 100;

    private readonly byte[] _value = new byte[ValueBytes];
    private BenchStore _store = null!;
    private ulong _before;

    /// <summary>Items in the store.</summary>
    [Params(1_000, 1_000_000, 20_000_000)]
    public int Keys { get; set; }

    [GlobalSetup(Target = nameof(FeedRead))]
    public void SetupFeed() => Fill(mapped: false, keepsFeed: true);

    [GlobalSetup(Target = nameof(Recover))]
    public void SetupFiles() => Fill(mapped: true, keepsFeed: false);

    [GlobalCleanup]
    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the feed a thousand changes before its end and reads them; the time of one change.</summary>
    [Benchmark(OperationsPerInvoke = Changes)]
    public long FeedRead()
    {
        var reader = new CountReader();
        StoreFeed feed = _store.Store.OpenFeed(_before);
        while (feed.Read(ref reader) == FeedStatus.Delivered)
        {
            // Read has counted.
        }

        return reader.Count == Changes ? reader.Count : throw new InvalidOperationException($"the feed gave {reader.Count} changes");
    }

    /// <summary>Closes the store properly and opens it again: the time of the whole.</summary>
    [Benchmark]
    public long Recover()
    {
        _store.Reopen();
        return _store.Store.Statistics().Items;
    }

    private void Fill(bool mapped, bool keepsFeed)
    {
        var keys = new KeySet(Keys);
        _store = new BenchStore(Keys, mapped, keepsFeed);
        for (int i = 0; i < Keys; i++)
        {
            _before = i == Keys - Changes ? _store.Store.LastRevision : _before;
            _store.Store.Put(_store.Store.Key(keys.Stored(i)), new PutRequest { Value = _value });
        }
    }

    private struct CountReader : IFeedReader
    {
        public long Count;

        public void Read(in FeedChange change) => Count++;
    }
}
