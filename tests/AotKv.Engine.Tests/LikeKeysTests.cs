using System.Globalization;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests;

/// <summary>
/// Two keys that the index cannot tell from each other: a plain store takes the one for the other at first, has written its record already when
/// it sees that, and must leave no trace of it.
/// </summary>
public sealed class LikeKeysTests
{
    private static readonly Lazy<(string One, string Other)> Alike = new(Search);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_key_that_is_taken_for_another_is_stored_all_the_same(bool durable, bool keepsFeed)
    {
        using var directory = new TemporaryDirectory();
        StoreOptions options = new() { DataDirectory = durable ? directory.Path : null, SyncMode = SyncMode.Never, KeepsFeed = keepsFeed };
        (string one, string other) = Alike.Value;
        var store = new StoreDriver(options);
        ulong last = 0;
        for (int i = 0; i < 200; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            foreach ((string key, string value) in new[] { (one, "one" + number), (other, "other" + number), (other, "again" + number) })
            {
                Outcome outcome = store.Put(key, value);
                Assert.Equal(StoreStatus.Ok, outcome.Status);
                Assert.True(outcome.Revision > last);
                last = outcome.Revision;
                Assert.Equal(last, store.Store.LastRevision); // none is drawn for nothing
            }

            Assert.Equal(("one" + number, "again" + number), (store.Get(one)!.Text, store.Get(other)!.Text));
            Assert.Equal(2, store.Store.Statistics().Items);
        }

        Assert.Equal(StoreStatus.Ok, store.Delete(one).Status);
        Assert.Equal(StoreStatus.Ok, store.Put(one, "back").Status);
        Assert.Equal(StoreStatus.Ok, store.Put(other, "too").Status);
        Assert.Equal(("back", "too"), (store.Get(one)!.Text, store.Get(other)!.Text));
        if (durable)
        {
            store.Store.Abandon();
            store = new StoreDriver(options);
            Assert.Equal(("back", "too"), (store.Get(one)!.Text, store.Get(other)!.Text));
            Assert.Equal(2, store.Store.Statistics().Items);
        }

        store.Dispose();
    }

    [Fact]
    public void A_transaction_of_one_stores_a_key_that_is_taken_for_another()
    {
        using var store = new StoreDriver();
        using var batch = new StoreBatch();
        (string one, string other) = Alike.Value;
        store.Put(one, "one");
        foreach (string value in new[] { "first", "second" })
        {
            batch.Clear();
            batch.Put(store.Store.DefaultNamespace, StoreDriver.Bytes(other), new PutRequest { Value = StoreDriver.Bytes(value) });
            BatchOutcome outcome = store.Store.Run(batch);
            Assert.Equal((StoreStatus.Ok, store.Get(other)!.Revision), (outcome.Status, outcome.Revision));
            Assert.Equal(("one", value), (store.Get(one)!.Text, store.Get(other)!.Text));
        }
    }

    /// <summary>Two keys with the same stripe (the low bits of the hash, of 64 stripes) and the same tag (the high 24).</summary>
    private static (string One, string Other) Search()
    {
        using var store = new StoreDriver();
        var seen = new Dictionary<(ulong, ulong), string>();
        for (int i = 0; ; i++)
        {
            string key = "key" + i.ToString(CultureInfo.InvariantCulture);
            ulong hash = store.Store.Key(StoreDriver.Bytes(key)).Hash;
            if (!seen.TryAdd((hash & 63, hash >> 40), key))
            {
                return (seen[(hash & 63, hash >> 40)], key);
            }
        }
    }
}
