namespace AotKv.Engine.Tests;

/// <summary>Long random sequences of operations against a dictionary that does the same slowly.</summary>
public sealed class StoreModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_operations_agree_with_a_model(int seed)
    {
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 8 << 20, MaxItemBytes = 1 << 20, EvictionDisabled = true });
        var runner = new ModelRunner(seed, keys: 300);
        runner.Run(store, 60_000);
        runner.CheckWhole(store);
    }

    [Theory]
    [InlineData(11, SyncMode.Never)]
    [InlineData(12, SyncMode.Never)]
    [InlineData(13, SyncMode.Interval)]
    [InlineData(14, SyncMode.Interval)]
    public void Random_operations_with_restarts_and_kills_agree_with_a_model(int seed, SyncMode mode)
    {
        using var directory = new TemporaryDirectory();
        var clock = new ManualClock();
        StoreOptions options = new()
        {
            MemoryLimitBytes = 4 << 20,
            MaxItemBytes = 1 << 20,
            EvictionDisabled = true,
            SegmentBytes = 32 << 10,
            SyncMode = mode,
            SyncIntervalMilliseconds = 3,
        };
        var runner = new ModelRunner(seed, keys: 200, largestValue: 20_000);
        StoreDriver store = new(options with { DataDirectory = directory.Path }, clock);
        try
        {
            for (int life = 0; life < 30; life++)
            {
                runner.Run(store, runner.Random.Next(1, 3000));
                if (life % 2 == 0)
                {
                    store.Dispose();
                }
                else
                {
                    store.Store.Abandon();
                }

                store = new StoreDriver(options with { DataDirectory = directory.Path }, clock);
                runner.CheckWhole(store);
            }
        }
        finally
        {
            store.Dispose();
        }
    }

    [Theory]
    [InlineData(11, 50_000)]
    [InlineData(12, 300_000)]
    public void Index_keeps_every_key_findable_while_it_grows_shrinks_and_closes_gaps(int seed, int keys)
    {
        var random = new Random(seed);
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 128 << 20, EvictionDisabled = true });
        var present = new bool[keys];
        long count = 0;
        for (int phase = 0; phase < 6; phase++)
        {
            // Phases that mostly add alternate with phases that mostly remove.
            int adds = phase % 2 == 0 ? 9 : 2;
            for (int step = 0; step < keys; step++)
            {
                int id = random.Next(keys);
                byte[] key = BitConverter.GetBytes(id);
                if (random.Next(10) < adds)
                {
                    Assert.Equal(StoreStatus.Ok, store.Put(key, key).Status);
                    count += present[id] ? 0 : 1;
                    present[id] = true;
                }
                else
                {
                    Assert.Equal(present[id] ? StoreStatus.Ok : StoreStatus.NotFound, store.Store.Delete(store.Store.Key(key)).Status);
                    count -= present[id] ? 1 : 0;
                    present[id] = false;
                }
            }

            Assert.Equal(count, store.Store.Statistics().Items);
            for (int id = 0; id < keys; id++)
            {
                Assert.True(present[id] == (store.Get(BitConverter.GetBytes(id)) != null), $"seed {seed} phase {phase} key {id}");
            }
        }
    }
}
