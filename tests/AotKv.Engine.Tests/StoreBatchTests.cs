using System.Globalization;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests;

public sealed class StoreBatchTests : IDisposable
{
    private readonly StoreDriver _store = new();
    private readonly StoreBatch _batch = new();

    private Namespaces.StoreNamespace Default => _store.Store.DefaultNamespace;

    public void Dispose()
    {
        _batch.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Commands_see_what_those_before_them_did()
    {
        Put("x", "1");
        int first = _batch.Get(Default, "x"u8);
        Put("x", "2");
        int second = _batch.Get(Default, "x"u8);
        _batch.Delete(Default, "x"u8);
        int third = _batch.Get(Default, "x"u8);
        BatchOutcome outcome = _store.Store.Run(_batch);
        Assert.Equal(StoreStatus.Ok, outcome.Status);
        Assert.Equal(("1", "2"), (ValueOf(first), ValueOf(second)));
        Assert.Equal(StoreStatus.NotFound, _batch.Results[third].Status);
        Assert.Null(_store.Get("x"));
        Assert.Equal(0, _store.Store.Statistics().Items);
    }

    [Fact]
    public void All_writes_get_the_one_revision_of_the_batch()
    {
        Put("a", "1");
        Put("b", "2");
        BatchOutcome outcome = _store.Store.Run(_batch);
        Assert.Equal(outcome.Revision, _store.Get("a")!.Revision);
        Assert.Equal(outcome.Revision, _store.Get("b")!.Revision);
        Assert.True(_store.Put("c", "3").Revision > outcome.Revision);
    }

    [Fact]
    public void A_required_command_that_fails_undoes_everything()
    {
        ulong cas = _store.Put("a", "old").Revision;
        Put("a", "new");
        Put("b", "new");
        int failing = _batch.Require(Default, "c"u8, 5);
        BatchOutcome outcome = _store.Store.Run(_batch);
        Assert.Equal((StoreStatus.NotFound, failing), (outcome.Status, outcome.FailedCommand));
        Assert.Equal("old", _store.Get("a")!.Text);
        Assert.Null(_store.Get("b"));
        _batch.Clear();
        _batch.Require(Default, "a"u8, cas);
        _batch.RequireAbsent(Default, "b"u8);
        Put("b", "new");
        Assert.Equal(StoreStatus.Ok, _store.Store.Run(_batch).Status);
        Assert.Equal(StoreStatus.Exists, _store.Store.Run(_batch).Status);
        Assert.Equal("new", _store.Get("b")!.Text);
    }

    [Fact]
    public void Arithmetic_append_and_touch_work_inside_a_batch()
    {
        _store.Put("n", "10", flags: 5);
        ulong cas = _store.Put("t", "touched").Revision;
        int number = _batch.Arithmetic(Default, "n"u8, 5);
        _batch.Arithmetic(Default, "n"u8, 100);
        int bad = _batch.Arithmetic(Default, "t"u8, 1);
        _batch.Touch(Default, "t"u8, _store.Clock.InMilliseconds(1000));
        Put("p", "b");
        _batch.Put(Default, "p"u8, new PutRequest { Value = "c"u8, Mode = StoreMode.Append });
        _batch.Put(Default, "p"u8, new PutRequest { Value = "a"u8, Mode = StoreMode.Prepend });
        int exists = _batch.Exists(Default, "p"u8);
        Assert.Equal(StoreStatus.Ok, _store.Store.Run(_batch).Status);
        Assert.Equal(15ul, _batch.Results[number].Number);
        Assert.Equal(StoreStatus.NotNumeric, _batch.Results[bad].Status);
        Assert.Equal(StoreStatus.Ok, _batch.Results[exists].Status);
        Assert.Equal(("115", 5u), (_store.Get("n")!.Text, _store.Get("n")!.Flags));
        Assert.Equal("abc", _store.Get("p")!.Text);
        Assert.Equal((cas, _store.Clock.InMilliseconds(1000)), (_store.Get("t")!.Revision, _store.Get("t")!.Expiry));
    }

    [Fact]
    public void Large_values_and_many_segments_are_one_batch()
    {
        byte[] large = new byte[200_000];
        new Random(1).NextBytes(large);
        _batch.Put(Default, "large"u8, new PutRequest { Value = large });
        for (int i = 0; i < 20_000; i++)
        {
            Put("k" + i.ToString(CultureInfo.InvariantCulture), new string('v', 100));
        }

        Assert.Equal(StoreStatus.Ok, _store.Store.Run(_batch).Status);
        Assert.Equal(20_001, _store.Store.Statistics().Items);
        Assert.Equal(large, _store.Get("large")!.Value);
        Assert.Equal(StoreStatus.Ok, _store.Store.Run(_batch).Status);
        Assert.Equal(20_001, _store.Store.Statistics().Items);
        Assert.All(Enumerable.Range(0, 20_000), i => Assert.NotNull(_store.Get("k" + i.ToString(CultureInfo.InvariantCulture))));
    }

    [Fact]
    public void A_batch_that_does_not_fit_changes_nothing()
    {
        using var small = new StoreDriver(new StoreOptions { MemoryLimitBytes = 2 << 20, MaxItemBytes = 1 << 20, EvictionDisabled = true });
        small.Put("a", "old");
        _batch.Put(small.Store.DefaultNamespace, "a"u8, new PutRequest { Value = "new"u8 });
        for (int i = 0; i < 40; i++)
        {
            _batch.Put(small.Store.DefaultNamespace, StoreDriver.Bytes("k" + i.ToString(CultureInfo.InvariantCulture)), new PutRequest { Value = new byte[100_000] });
        }

        Assert.Equal(StoreStatus.NoMemory, small.Store.Run(_batch).Status);
        Assert.Equal("old", small.Get("a")!.Text);
        Assert.Equal(1, small.Store.Statistics().Items);
        Assert.Equal(StoreStatus.Ok, small.Put("b", "2").Status);
    }

    [Fact]
    public void Running_again_allocates_nothing()
    {
        for (int i = 0; i < 50; i++)
        {
            Put("k" + i.ToString(CultureInfo.InvariantCulture), "value");
            _batch.Get(Default, StoreDriver.Bytes("k" + i.ToString(CultureInfo.InvariantCulture)));
        }

        long before = 0;
        bool isWell = true;
        for (int i = 0; i < 2000; i++)
        {
            before = i == 1000 ? GC.GetAllocatedBytesForCurrentThread() : before;
            isWell &= _store.Store.Run(_batch).Status == StoreStatus.Ok;
        }

        Assert.True(isWell);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readers_never_see_half_a_batch_and_batches_never_mix(bool durable)
    {
        using var directory = new TemporaryDirectory();
        using var store = new StoreDriver(new StoreOptions
        {
            MemoryLimitBytes = 32 << 20,
            SegmentBytes = 64 << 10,
            DataDirectory = durable ? directory.Path : null,
        });
        const int Keys = 64, Rounds = 1500;
        string[] keys = [.. Enumerable.Range(0, Keys).Select(i => "key" + i.ToString(CultureInfo.InvariantCulture))];
        using (var first = new StoreBatch())
        {
            Fill(store, first, keys, "start");
            Assert.Equal(StoreStatus.Ok, store.Store.Run(first).Status);
        }

        int mixed = 0;
        var threads = new List<Thread>();
        for (int writer = 0; writer < 2; writer++)
        {
            int number = writer;
            threads.Add(new Thread(() =>
            {
                using var batch = new StoreBatch();
                for (int round = 0; round < Rounds; round++)
                {
                    // The two writers name the keys in opposite orders.
                    batch.Clear();
                    Fill(store, batch, number == 0 ? keys : keys.Reverse(), $"{number}-{round}");
                    _ = store.Store.Run(batch);
                }
            }));
        }

        threads.Add(new Thread(() =>
        {
            using var batch = new StoreBatch();
            for (int round = 0; round < Rounds; round++)
            {
                batch.Clear();
                foreach (string key in keys)
                {
                    batch.Get(store.Store.DefaultNamespace, StoreDriver.Bytes(key));
                }

                _ = store.Store.Run(batch);
                for (int i = 1; i < Keys; i++)
                {
                    mixed += batch.ValueOf(i).SequenceEqual(batch.ValueOf(0)) ? 0 : 1;
                }
            }
        }));
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(0, mixed);
        Assert.Single(keys.Select(key => store.Get(key)!.Text).Distinct());
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Random_batches_with_restarts_and_kills_agree_with_a_model(int seed)
    {
        using var directory = new TemporaryDirectory();
        var clock = new ManualClock();
        var random = new Random(seed);
        StoreOptions options = new()
        {
            MemoryLimitBytes = 4 << 20,
            MaxItemBytes = 1 << 20,
            EvictionDisabled = true,
            SegmentBytes = 32 << 10,
            SyncMode = SyncMode.Never,
            DataDirectory = directory.Path,
        };
        var model = new Dictionary<string, string>();
        var store = new StoreDriver(options, clock);
        for (int life = 0; life < 12; life++)
        {
            for (int i = 0; i < 300; i++)
            {
                RunRandomBatch(store, model, random);
            }

            if (life % 2 == 0)
            {
                store.Dispose();
            }
            else
            {
                store.Store.Abandon();
            }

            store = new StoreDriver(options, clock);
            for (int key = 0; key < 60; key++)
            {
                string name = "k" + key.ToString(CultureInfo.InvariantCulture);
                Assert.True(model.GetValueOrDefault(name) == store.Get(name)?.Text, $"seed {seed} life {life}: {name}");
            }

            Assert.Equal(model.Count, store.Store.Statistics().Items);
        }

        store.Dispose();
    }

    private static void RunRandomBatch(StoreDriver store, Dictionary<string, string> model, Random random)
    {
        using var batch = new StoreBatch();
        Namespaces.StoreNamespace ns = store.Store.DefaultNamespace;
        var after = new Dictionary<string, string>(model);
        bool fails = random.Next(4) == 0;
        int count = random.Next(1, 40);
        for (int i = 0; i < count; i++)
        {
            string name = "k" + random.Next(60).ToString(CultureInfo.InvariantCulture);
            byte[] key = StoreDriver.Bytes(name);
            string value = new((char)random.Next('a', 'z'), random.Next(20) == 0 ? random.Next(9000) : random.Next(60));
            switch (random.Next(5))
            {
                case 0:
                    batch.Delete(ns, key);
                    after.Remove(name);
                    break;
                case 1 when after.ContainsKey(name):
                    batch.Put(ns, key, new PutRequest { Value = StoreDriver.Bytes(value), Mode = StoreMode.Append });
                    after[name] += value;
                    break;
                case 2:
                    batch.Touch(ns, key, 0);
                    break;
                default:
                    batch.Put(ns, key, new PutRequest { Value = StoreDriver.Bytes(value) });
                    after[name] = value;
                    break;
            }
        }

        if (fails)
        {
            batch.Require(ns, "never there"u8, 1);
        }

        BatchOutcome outcome = store.Store.Run(batch);
        Assert.Equal(fails ? StoreStatus.NotFound : StoreStatus.Ok, outcome.Status);
        if (!fails)
        {
            model.Clear();
            foreach ((string name, string value) in after)
            {
                // Keep values small enough for the store as a whole.
                model[name] = value;
            }

            foreach (string name in after.Where(item => item.Value.Length > 12_000).Select(item => item.Key))
            {
                Assert.Equal(StoreStatus.Ok, store.Delete(name).Status);
                model.Remove(name);
            }
        }
    }

    private static void Fill(StoreDriver store, StoreBatch batch, IEnumerable<string> keys, string value)
    {
        foreach (string key in keys)
        {
            batch.Put(store.Store.DefaultNamespace, StoreDriver.Bytes(key), new PutRequest { Value = StoreDriver.Bytes(value) });
        }
    }

    private void Put(string key, string value) =>
        _batch.Put(Default, StoreDriver.Bytes(key), new PutRequest { Value = StoreDriver.Bytes(value) });

    private string ValueOf(int index) => System.Text.Encoding.Latin1.GetString(_batch.ValueOf(index));
}
