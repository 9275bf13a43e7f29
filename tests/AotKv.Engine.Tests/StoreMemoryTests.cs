using System.Globalization;

namespace AotKv.Engine.Tests;

public sealed class StoreMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Large_items_that_are_read_often_make_room_for_others(bool isDurable)
    {
        using var directory = new TemporaryDirectory();
        using var store = new StoreDriver(new StoreOptions
        {
            MemoryLimitBytes = 16 << 20,
            DataDirectory = isDurable ? directory.Path : null,
            SyncMode = SyncMode.Never,
        });
        byte[] value = new byte[573_440];
        for (int i = 0; i < 120; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(StoreDriver.Bytes("k" + (i % 45).ToString(CultureInfo.InvariantCulture)), value).Status);
            for (int back = 0; back < 20; back++)
            {
                store.Get("k" + (back * 2).ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    [Theory]
    [InlineData(2, 10)]
    [InlineData(8, 100)]
    [InlineData(64, 100)]
    [InlineData(64, 10_000)]
    [InlineData(64, 50_000)]
    [InlineData(64, 900_000)]
    public void Memory_stays_within_the_limit_while_items_are_evicted(int megabytes, int valueBytes)
    {
        long limit = (long)megabytes << 20;
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = limit, MaxItemBytes = 1 << 20 });
        byte[] value = new byte[valueBytes];
        long wanted = (limit / (valueBytes + 20) * 2) + 200;
        for (int i = 0; i < wanted; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(Key(i), value).Status);
            if (i % 1000 == 0)
            {
                StoreStatistics now = store.Store.Statistics();
                Assert.InRange(now.SegmentBytes + now.IndexBytes, 0, limit);
            }
        }

        // The store's own thread may be evicting while the figures are read.
        StoreStatistics end = default;
        Assert.True(SpinWait.SpinUntil(
            () => (end = store.Store.Statistics()).Items + end.Evictions == wanted, TimeSpan.FromMinutes(1)));
        Assert.True(end.Evictions > 0);
        Assert.NotNull(store.Get(Key((int)wanted - 1)));
        Assert.InRange(end.ItemBytes + end.IndexBytes, limit * 0.75, limit);
    }

    [Theory]
    [InlineData(48, 573_440)]
    [InlineData(8, 66_560)]
    public void Large_items_that_were_all_read_make_room_for_further_ones(int megabytes, int valueBytes)
    {
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = (long)megabytes << 20, MaxItemBytes = 1 << 20 });
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < megabytes * 10; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(Key(i), value).Status);
            Assert.NotNull(store.Get(Key(i)));
            Assert.NotNull(store.Get(Key(Math.Max(0, i - 3))));
        }

        // One victim does not take everything with it.
        Assert.InRange(store.Store.Statistics().ItemBytes, (long)megabytes << 19, (long)megabytes << 20);
    }

    [Fact]
    public void Without_eviction_a_full_store_says_no_memory_and_loses_nothing()
    {
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 4 << 20, MaxItemBytes = 1 << 20, EvictionDisabled = true });
        int stored = 0;
        while (store.Put(Key(stored), new byte[500]).Status == StoreStatus.Ok)
        {
            stored++;
        }

        Assert.Equal(0, store.Store.Statistics().Evictions);
        Assert.InRange(stored, (4 << 20) / 600 * 3 / 4, (4 << 20) / 516);
        for (int i = 0; i < stored; i++)
        {
            Assert.NotNull(store.Get(Key(i)));
        }

        // Deleting gives the room back.
        for (int i = 0; i < stored; i += 2)
        {
            Assert.Equal(StoreStatus.Ok, store.Store.Delete(store.Store.Key(Key(i))).Status);
        }

        for (int i = 0; i < stored * 2 / 5; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(Key(1_000_000 + i), new byte[500]).Status);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Constant_overwriting_of_a_set_that_fits_evicts_nothing(bool evictionDisabled)
    {
        using var store = new StoreDriver(new StoreOptions
        {
            MemoryLimitBytes = 16 << 20,
            MaxItemBytes = 1 << 20,
            EvictionDisabled = evictionDisabled,
        });
        const int Items = 80_000; // 10.6 MB of records, two thirds of the limit
        var random = new Random(5);
        for (int i = 0; i < Items; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(Key(i), new byte[100]).Status);
        }

        for (int i = 0; i < 120_000; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(Key(random.Next(Items)), new byte[100]).Status);
        }

        StoreStatistics end = store.Store.Statistics();
        Assert.Equal(0, end.Evictions);
        Assert.Equal(Items, end.Items);
        Assert.InRange(end.SegmentBytes + end.IndexBytes, 0, 16 << 20);
    }

    [Fact]
    public void Overwriting_a_few_items_does_not_fill_the_memory_with_dead_ones()
    {
        // By hand: a thread of the store's own that the system does not run for a while leaves the dead ones lying that long.
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 256 << 20, RunsByHand = true });
        for (int i = 0; i < 2_000_000; i++)
        {
            store.Put(Key(i % 1000), new byte[100]);
            if (i % 5000 == 0)
            {
                store.Store.MaintainByHand();
            }
        }

        Assert.InRange(store.Store.Statistics().SegmentBytes, 1, 16 << 20);
    }

    [Theory]
    [InlineData(100, 28, 46)]
    [InlineData(10, 20, 28)]
    public void Dead_space_is_kept_to_the_share_of_the_live(int percent, int fromMegabytes, int toMegabytes)
    {
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 256 << 20, RunsByHand = true, DeadSpacePercent = percent });
        for (int i = 0; i < 200_000; i++)
        {
            store.Put(Key(i < 20_000 ? i : (int)(i * 7919L % 20_000)), new byte[1000]);
            if (i % 100 == 0)
            {
                store.Store.MaintainByHand();
            }
        }

        Assert.InRange(store.Store.Statistics().SegmentBytes >> 20, fromMegabytes, toMegabytes);
    }

    [Fact]
    public void Expired_items_are_removed_without_being_asked_for()
    {
        using var store = new StoreDriver();
        for (int i = 0; i < 10_000; i++)
        {
            store.Put(Key(i), new byte[100], expiry: store.Clock.InMilliseconds(1000 + i));
        }

        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(SpinWait.SpinUntil(() => store.Store.Statistics() is { Items: 0, Reclaimed: 10_000 }, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Operations_allocate_nothing()
    {
        using var store = new StoreDriver();
        byte[] key = Key(1);
        byte[] value = new byte[100];
        byte[] counter = Key(2);
        store.Put(counter, "1000"u8.ToArray());
        var reader = default(LengthReader);
        Store engine = store.Store;

        // Something that happens once, a new segment or code compiled again, does not repeat in the round behind it.
        long least = long.MaxValue;
        for (int round = 0; round < 4 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                Operate();
            }

            least = round == 0 ? least : Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        Assert.True(reader.Total > 0);

        void Operate()
        {
            engine.Put(engine.Key(key), new PutRequest { Value = value });
            engine.Put(engine.Key(key), new PutRequest { Value = value, ExpiryMilliseconds = 1 });
            engine.Put(engine.Key(key), new PutRequest { Value = value });
            engine.Read(engine.Key(key), ref reader);
            engine.Touch(engine.Key(key), long.MaxValue);
            engine.Count(engine.Key(counter), 1, decrement: false);
            engine.Put(engine.Key(key), new PutRequest { Value = value, Mode = StoreMode.Append });
            engine.Delete(engine.Key(key));
            engine.Read(engine.Key(key), ref reader);
        }
    }

    private static byte[] Key(int i) => StoreDriver.Bytes("key" + i.ToString("D10", CultureInfo.InvariantCulture));

    private struct LengthReader : IItemReader
    {
        public long Total;

        public void Read(in Item item) => Total += item.Value.Length;
    }
}
