using System.Globalization;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests.Durability;

/// <summary>What must not come back after a restart, and what must.</summary>
public sealed class ComeBackTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SimulatedDisk _disk = new();
    private readonly ManualClock _clock = new();

    public void Dispose()
    {
        _disk.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_key_put_and_deleted_in_one_batch_does_not_come_back_with_the_value_that_was_evicted()
    {
        using Store store = Open();
        Put(store, "k", "evicted");
        bool isCaught = false;

        // Between an eviction and the moment its segment is used again there are syncs: in one of them the batch runs, and a kill follows.
        _disk.Fault = (call, _) =>
        {
            if (!isCaught && call == DiskCall.SyncBegins && Get(store, "k", countsAsRead: false) == null && IsOnDisk("k"))
            {
                isCaught = true;
                using var batch = new StoreBatch();
                batch.Put(store.DefaultNamespace, "k"u8, new PutRequest { Value = "new"u8 });
                batch.Delete(store.DefaultNamespace, "k"u8);
                Assert.Equal(StoreStatus.Ok, store.Run(batch).Status);
                Assert.False(IsOnDisk("k"));
            }

            return Log.Devices.DeviceStatus.Ok;
        };
        for (int i = 0; !isCaught; i++)
        {
            Assert.True(i < 20_000, "no eviction was caught before its segment went");
            Put(store, "filler" + i.ToString(CultureInfo.InvariantCulture), new string('f', 900));
        }

        _disk.Fault = null;
    }

    /// <summary>Whether a kill at this moment would bring an item back.</summary>
    private bool IsOnDisk(string key)
    {
        using SimulatedDisk copy = _disk.Copy();
        using var directory = new TemporaryDirectory();
        using Store killed = Open(copy, directory.Path);
        bool isThere = Get(killed, key) != null;
        killed.Abandon();
        return isThere;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flush_that_is_to_come_outlives_a_restart(bool endsCleanly)
    {
        Store store = Open();
        Put(store, "before", "1");
        Assert.True(store.Flush(_clock.InMilliseconds(5_000) * 1000));
        Put(store, "between", "2");
        store = Restart(store, endsCleanly);
        Assert.Equal(("1", "2"), (Get(store, "before"), Get(store, "between")));
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(Get(store, "before"));
        Put(store, "after", "3");
        store = Restart(store, endsCleanly);
        Assert.Equal((null, null, "3"), (Get(store, "before"), Get(store, "between"), Get(store, "after")));
        store.Dispose();
    }

    [Fact]
    public void A_flush_whose_time_came_while_the_store_was_down_takes_effect_before_the_first_operation()
    {
        Store store = Open();
        Put(store, "before", "1");
        Assert.True(store.Flush(_clock.InMilliseconds(5_000) * 1000));
        store.Abandon();
        _clock.Advance(TimeSpan.FromSeconds(60));
        store = Open();
        Put(store, "after", "3");
        Assert.Equal((null, "3"), (Get(store, "before"), Get(store, "after")));
        store.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_600_000)]
    public void A_later_flush_replaces_one_that_is_to_come_over_a_restart_too(int laterMilliseconds)
    {
        Store store = Open();
        Assert.True(store.Flush(_clock.InMilliseconds(5_000) * 1000));
        Assert.True(store.Flush(laterMilliseconds == 0 ? 0 : _clock.InMilliseconds(laterMilliseconds) * 1000));
        Put(store, "k", "1");
        store = Restart(store, endsCleanly: false);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("1", Get(store, "k"));
        store.Dispose();
    }

    [Fact]
    public void A_flush_that_is_to_come_stays_when_its_segment_is_reclaimed()
    {
        Store store = Open();
        Assert.True(store.Flush(_clock.InMilliseconds(5_000) * 1000));
        for (int i = 0; i < 5_000; i++)
        {
            Put(store, "k" + (i % 10).ToString(CultureInfo.InvariantCulture), new string('f', 900));
        }

        store = Restart(store, endsCleanly: false);
        Assert.NotNull(Get(store, "k1"));
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Null(Get(store, "k1"));
        store.Dispose();
    }

    private static void Put(Store store, string key, string value) =>
        Assert.Equal(StoreStatus.Ok, store.Put(store.Key(StoreDriver.Bytes(key)), new PutRequest { Value = StoreDriver.Bytes(value) }).Status);

    private static string? Get(Store store, string key, bool countsAsRead = true)
    {
        if (!countsAsRead)
        {
            using var batch = new StoreBatch();
            batch.Exists(store.DefaultNamespace, StoreDriver.Bytes(key));
            return store.Run(batch).Status == StoreStatus.Ok && batch.Results[0].Status == StoreStatus.Ok ? "there" : null;
        }

        var reader = default(TextReader);
        return store.Read(store.Key(StoreDriver.Bytes(key)), ref reader).Status == StoreStatus.Ok ? reader.Value : null;
    }

    private Store Restart(Store store, bool endsCleanly)
    {
        if (endsCleanly)
        {
            store.Dispose();
        }
        else
        {
            store.Abandon();
        }

        return Open();
    }

    private Store Open() => Open(_disk, _directory.Path);

    private Store Open(SimulatedDisk disk, string directory) => new(new StoreOptions
    {
        MemoryLimitBytes = 1 << 20,
        MaxItemBytes = 1 << 18,
        SegmentBytes = 16 << 10,
        HashSeed = 1,
        Clock = _clock,
        DataDirectory = directory,
        RunsByHand = true,
        DeviceFactory = _ => disk.Attach(),
    });

    private struct TextReader : IItemReader
    {
        public string? Value;

        public void Read(in Item item) => Value = System.Text.Encoding.Latin1.GetString(item.Value);
    }
}
