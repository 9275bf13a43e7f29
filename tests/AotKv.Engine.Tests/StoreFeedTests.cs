using System.Globalization;
using AotKv.Engine.Feed;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests;

public sealed class StoreFeedTests
{
    private static readonly StoreOptions Options = new() { KeepsFeed = true, MemoryLimitBytes = 4 << 20, SegmentBytes = 64 << 10 };

    [Fact]
    public void Changes_come_in_order_with_all_they_say()
    {
        using var store = new StoreDriver(Options);
        StoreFeed feed = store.Store.OpenFeed(0);
        Assert.Equal(FeedStatus.UpToDate, Follow(feed, []));
        ulong first = store.Put("a", "1", flags: 7, expiry: store.Clock.InMilliseconds(5000)).Revision;
        store.Count("a", 4);
        store.Delete("a");
        store.Delete("a");
        store.Touch("a", 0);
        List<Said> changes = [];
        Assert.Equal(FeedStatus.UpToDate, Follow(feed, changes));
        Assert.Equal([FeedChangeKind.Put, FeedChangeKind.Put, FeedChangeKind.Delete], changes.Select(change => change.Kind));
        Assert.Equal(("a", "1", 7u, store.Clock.InMilliseconds(5000), first), (changes[0].Key, changes[0].Value, changes[0].Flags, changes[0].Expiry, changes[0].Revision));
        Assert.Equal(("5", 7u), (changes[1].Value, changes[1].Flags));
        Assert.All(changes, change => Assert.True(change.Ends));
        Assert.Equal(store.Store.LastRevision, feed.Revision);
    }

    [Fact]
    public void A_feed_from_the_start_has_a_batch_that_was_the_stores_first_write()
    {
        using var store = new StoreDriver(Options);
        using var batch = new AotKv.Engine.Transactions.StoreBatch();
        batch.Put(store.Store.DefaultNamespace, "a"u8, new PutRequest { Value = "1"u8 });
        Assert.Equal(StoreStatus.Ok, store.Store.Run(batch).Status);
        List<Said> changes = [];
        Assert.Equal(FeedStatus.UpToDate, Follow(store.Store.OpenFeed(0), changes));
        Assert.Equal("a", Assert.Single(changes).Key);
    }

    [Fact]
    public void A_feed_begins_after_its_revision()
    {
        using var store = new StoreDriver(Options);
        store.Put("a", "1");
        ulong after = store.Put("b", "2").Revision;
        store.Put("c", "3");
        List<Said> changes = [];
        Follow(store.Store.OpenFeed(after), changes);
        Assert.Equal("c", Assert.Single(changes).Key);
        Assert.Equal(FeedStatus.FellBehind, Follow(store.Store.OpenFeed(store.Store.LastRevision + 1), changes));
    }

    [Fact]
    public void Namespaces_and_flushes_are_changes()
    {
        using var store = new StoreDriver(Options);
        StoreFeed feed = store.Store.OpenFeed(0);
        Namespaces.StoreNamespace ns = store.Store.CreateNamespace("orders")!;
        store.Store.Put(store.Store.Key(ns, "k"u8), new PutRequest { Value = "v"u8 });
        store.Store.FlushNamespace(ns);
        store.Store.DropNamespace(ns);
        List<Said> changes = [];
        Follow(feed, changes);
        Assert.Equal(
            [FeedChangeKind.Namespace, FeedChangeKind.Put, FeedChangeKind.Namespace, FeedChangeKind.Namespace], changes.Select(change => change.Kind));
        Assert.All(changes, change => Assert.Equal(ns.Number, change.Namespace));
        Assert.Equal(("orders", false, true), (changes[0].Name, changes[2].Dropped, changes[3].Dropped));
        Assert.True(changes[2].Flushed >= changes[1].Revision);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transaction_over_many_segments_comes_whole(bool durable)
    {
        using var directory = new TemporaryDirectory();
        using var store = new StoreDriver(durable ? Options with { DataDirectory = directory.Path } : Options);
        using var batch = new StoreBatch();
        for (int i = 0; i < 5000; i++)
        {
            batch.Put(store.Store.DefaultNamespace, StoreDriver.Bytes("k" + i.ToString(CultureInfo.InvariantCulture)), new PutRequest { Value = new byte[100] });
        }

        batch.Put(store.Store.DefaultNamespace, "large"u8, new PutRequest { Value = new byte[100_000] });
        store.Put("before", "1");
        ulong revision = store.Store.Run(batch).Revision;
        store.Put("after", "1");
        List<Said> changes = [];
        Assert.Equal(FeedStatus.UpToDate, Follow(store.Store.OpenFeed(0), changes));
        Assert.Equal(5003, changes.Count);
        Assert.Equal(5001, changes.Count(change => change.Revision == revision));
        Assert.Equal([0, 5001, 5002], Enumerable.Range(0, changes.Count).Where(i => changes[i].Ends));
        Assert.Equal(100_000, changes[5001].Value.Length);
    }

    [Fact]
    public void Every_change_is_kept_while_there_is_room_also_of_values_that_were_replaced()
    {
        using var store = new StoreDriver(Options);
        for (int i = 0; i < 50; i++)
        {
            store.Put("large", new string((char)('a' + (i % 26)), 20_000));
            store.Put("small", i.ToString(CultureInfo.InvariantCulture));
        }

        store.Store.MaintainByHand();
        List<Said> changes = [];
        Assert.Equal(FeedStatus.UpToDate, Follow(store.Store.OpenFeed(0), changes));
        Assert.Equal(100, changes.Count);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(new string((char)('a' + (i % 26)), 20_000), changes[i * 2].Value));
    }

    [Fact]
    public void A_reader_that_is_overtaken_is_told_so_and_others_go_on()
    {
        using var store = new StoreDriver(Options);
        StoreFeed slow = store.Store.OpenFeed(0), quick = store.Store.OpenFeed(0);
        long seen = 0;
        for (int i = 0; i < 200_000; i++)
        {
            store.Put("k" + (i % 50_000).ToString(CultureInfo.InvariantCulture), "some value to fill the memory with");
            if (i % 100 == 0)
            {
                List<Said> changes = [];
                Assert.Equal(FeedStatus.UpToDate, Follow(quick, changes));
                seen += changes.Count;
            }
        }

        List<Said> rest = [];
        Follow(quick, rest);
        Assert.Equal(200_000, seen + rest.Count);
        Assert.Equal(FeedStatus.FellBehind, Follow(slow, []));
        Assert.Equal(FeedStatus.FellBehind, Follow(slow, []));
        Assert.True(slow.Wait(TimeSpan.Zero, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Overwriting_never_runs_out_of_memory_where_nothing_may_be_evicted()
    {
        using var store = new StoreDriver(Options with { EvictionDisabled = true });
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put("kept" + i.ToString(CultureInfo.InvariantCulture), "first").Status);
        }

        for (int i = 0; i < 300_000; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put("k" + (i % 5000).ToString(CultureInfo.InvariantCulture), "some value to fill the memory with").Status);
        }

        Assert.All(Enumerable.Range(0, 1000), i => Assert.NotNull(store.Get("kept" + i.ToString(CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_feed_goes_on_over_a_restart(bool killed)
    {
        using var directory = new TemporaryDirectory();
        StoreOptions options = Options with { DataDirectory = directory.Path };
        ulong middle = 0;
        var store = new StoreDriver(options);
        for (int i = 0; i < 5000; i++)
        {
            ulong revision = store.Put("k" + i.ToString(CultureInfo.InvariantCulture), new string('v', 100)).Revision;
            middle = i == 2500 ? revision : middle;
        }

        if (killed)
        {
            store.Store.Abandon();
        }
        else
        {
            store.Dispose();
        }

        using var again = new StoreDriver(options);
        again.Put("new", "1");
        List<Said> changes = [];
        Assert.Equal(FeedStatus.UpToDate, Follow(again.Store.OpenFeed(middle), changes));
        Assert.Equal([.. Enumerable.Range(2501, 2499).Select(i => $"k{i}"), "new"], changes.Select(change => change.Key));
    }

    [Fact]
    public async Task Readers_that_wait_miss_nothing_while_writers_write()
    {
        using var store = new StoreDriver(Options with { MemoryLimitBytes = 64 << 20 });
        const int Writers = 3, Writes = 20_000;
        Task<List<Said>>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            StoreFeed feed = store.Store.OpenFeed(0);
            List<Said> changes = [];
            while (changes.Count < Writers * Writes)
            {
                Assert.NotEqual(FeedStatus.FellBehind, Follow(feed, changes));
                if (changes.Count < Writers * Writes)
                {
                    Assert.True(feed.Wait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken), "a wake-up was lost");
                }
            }

            return changes;
        }))];
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (int i = 0; i < Writes; i++)
            {
                store.Put($"w{writer}", i.ToString(CultureInfo.InvariantCulture));
                if (i % 100 == 0)
                {
                    Thread.Sleep(1);
                }
            }
        }))];
        await Task.WhenAll(writers);
        foreach (List<Said> changes in await Task.WhenAll(readers))
        {
            Assert.Equal(Writers * Writes, changes.Count);
            Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.True(pair.First.Revision < pair.Second.Revision));
            for (int writer = 0; writer < Writers; writer++)
            {
                Assert.Equal(
                    Enumerable.Range(0, Writes).Select(i => i.ToString(CultureInfo.InvariantCulture)),
                    changes.Where(change => change.Key == $"w{writer}").Select(change => change.Value));
            }
        }
    }

    [Fact]
    public async Task A_scan_and_the_feed_make_a_consistent_copy()
    {
        using var store = new StoreDriver(Options with { MemoryLimitBytes = 64 << 20 });
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(
            () =>
            {
                var random = new Random(5);
                while (!stop.IsCancellationRequested)
                {
                    string key = "k" + random.Next(2000).ToString(CultureInfo.InvariantCulture);
                    _ = random.Next(4) == 0 ? store.Delete(key) : store.Put(key, random.Next().ToString(CultureInfo.InvariantCulture));
                }
            },
            TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Dictionary<string, (string Value, ulong Revision)> copy = [];
        ulong from = store.Store.LastRevision;
        var position = default(ScanPosition);
        var items = new ItemsToCopy { Copy = copy };
        while (store.Store.Scan(ref position, null, ref items))
        {
        }

        await Task.Delay(50, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await writer;
        List<Said> changes = [];
        Assert.Equal(FeedStatus.UpToDate, Follow(store.Store.OpenFeed(from), changes));
        foreach (Said change in changes)
        {
            if (change.Kind == FeedChangeKind.Delete)
            {
                copy.Remove(change.Key);
            }
            else
            {
                copy[change.Key] = (change.Value, change.Revision);
            }
        }

        Assert.Equal(store.Store.Statistics().Items, copy.Count);
        Assert.All(copy, entry => Assert.Equal(entry.Value.Value, store.Get(entry.Key)?.Text));
    }

    [Fact]
    public void A_wait_ends_when_it_is_cancelled_or_its_time_is_up()
    {
        using var store = new StoreDriver(Options);
        StoreFeed feed = store.Store.OpenFeed(0);
        Assert.False(feed.Wait(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));
        using var cancellation = new CancellationTokenSource(20);
        Assert.Throws<OperationCanceledException>(() => feed.Wait(Timeout.InfiniteTimeSpan, cancellation.Token));
    }

    [Fact]
    public void A_store_without_a_feed_says_so()
    {
        using var store = new StoreDriver();
        Assert.Throws<InvalidOperationException>(() => store.Store.OpenFeed(0));
    }

    private static FeedStatus Follow(StoreFeed feed, List<Said> changes)
    {
        var reader = new Collector { Changes = changes };
        FeedStatus status;
        do
        {
            status = feed.Read(ref reader);
        }
        while (status == FeedStatus.Delivered);
        return status;
    }

    private sealed record Said(
        FeedChangeKind Kind, string Key, string Value, ulong Revision, uint Flags, long Expiry, uint Namespace, bool Ends, string Name, ulong Flushed, bool Dropped);

    private struct Collector : IFeedReader
    {
        public List<Said> Changes;

        public void Read(in FeedChange change)
        {
            (string name, ulong flushed, bool dropped) = change.NamespaceState;
            Changes.Add(new Said(
                change.Kind, Text(change.Key), Text(change.Value), change.Revision, change.ClientFlags, change.ExpiryMilliseconds, change.Namespace,
                change.EndsTransaction, name, flushed, dropped));
        }

        private static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);
    }

    private struct ItemsToCopy : IItemReader
    {
        public Dictionary<string, (string Value, ulong Revision)> Copy;

        public void Read(in Item item) =>
            Copy[System.Text.Encoding.Latin1.GetString(item.Key)] = (System.Text.Encoding.Latin1.GetString(item.Value), item.Revision);
    }
}
