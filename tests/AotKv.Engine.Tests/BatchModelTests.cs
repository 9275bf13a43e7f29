using System.Globalization;
using AotKv.Engine.Namespaces;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests;

/// <summary>
/// Batches of every size, from one command on, against a model: every result in order, every value, the counts. Single commands and plain stores
/// have ways of their own in the engine, and mixes of everything go through each other's.
/// </summary>
public sealed class BatchModelTests
{
    private const int Names = 40;

    [Theory]
    [InlineData(31, false, false)]
    [InlineData(32, false, false)]
    [InlineData(33, false, true)]
    [InlineData(34, true, false)]
    public void Random_batches_answer_what_the_model_says(int seed, bool durable, bool keepsFeed)
    {
        using var directory = new TemporaryDirectory();
        using var store = new StoreDriver(new StoreOptions
        {
            MemoryLimitBytes = 4 << 20,
            SegmentBytes = 32 << 10,
            EvictionDisabled = true,
            MaxItemBytes = 20_000,
            DataDirectory = durable ? directory.Path : null,
            SyncMode = SyncMode.Never,
            KeepsFeed = keepsFeed,
        });
        using var run = new Run(store, new Random(seed));
        for (int i = 0; i < 4000; i++)
        {
            run.Batch($"seed {seed} batch {i}");
        }

        run.CheckAll($"seed {seed}");
    }

    [Fact]
    public void A_batch_of_one_is_a_transaction_like_any_other()
    {
        using var store = new StoreDriver();
        using var batch = new StoreBatch();
        StoreNamespace ns = store.Store.DefaultNamespace;
        batch.Get(ns, "k"u8);
        Assert.Equal(new BatchOutcome(StoreStatus.Ok, 0, -1), store.Store.Run(batch));
        Assert.Equal(StoreStatus.NotFound, batch.Results[0].Status);
        batch.Clear();
        batch.Put(ns, "k"u8, new PutRequest { Value = "value"u8, ClientFlags = 7, ExpiryMilliseconds = store.Clock.InMilliseconds(500) });
        BatchOutcome put = store.Store.Run(batch);
        Assert.Equal((StoreStatus.Ok, store.Get("k")!.Revision), (put.Status, put.Revision));
        Assert.Equal(7u, store.Get("k")!.Flags);
        batch.Clear();
        batch.Get(ns, "k"u8);
        for (int i = 0; i < 3; i++)
        {
            // The first time the output has to grow, which goes the general way.
            Assert.Equal(new BatchOutcome(StoreStatus.Ok, 0, -1), store.Store.Run(batch));
            Assert.Equal("value"u8.ToArray(), batch.ValueOf(0).ToArray());
            Assert.Equal((put.Revision, 7u, store.Clock.InMilliseconds(500)), (batch.Results[0].Cas, batch.Results[0].ClientFlags, batch.Results[0].ExpiryMilliseconds));
        }

        batch.OutputLimitBytes = 4;
        Assert.Equal(new BatchOutcome(StoreStatus.TooLarge, 0, 0), store.Store.Run(batch));
        batch.OutputLimitBytes = 5;
        Assert.Equal(StoreStatus.Ok, store.Store.Run(batch).Status);
        store.Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(StoreStatus.Ok, store.Store.Run(batch).Status);
        Assert.Equal(StoreStatus.NotFound, batch.Results[0].Status);
    }

    [Fact]
    public void A_store_of_one_that_is_too_large_fails_as_it_was_asked_to()
    {
        using var store = new StoreDriver(new StoreOptions { MaxItemBytes = 2000 });
        using var batch = new StoreBatch();
        batch.Put(store.Store.DefaultNamespace, "k"u8, new PutRequest { Value = new byte[2000] });
        Assert.Equal(new BatchOutcome(StoreStatus.Ok, 0, -1), store.Store.Run(batch));
        Assert.Equal(StoreStatus.TooLarge, batch.Results[0].Status);
        batch.Clear();
        batch.Put(store.Store.DefaultNamespace, "k"u8, new PutRequest { Value = new byte[2000] }, isRequired: true);
        Assert.Equal(new BatchOutcome(StoreStatus.TooLarge, 0, 0), store.Store.Run(batch));
        Assert.Null(store.Get("k"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void What_a_batch_reads_counts_as_read(int commands)
    {
        using var store = new StoreDriver();
        using var batch = new StoreBatch();
        store.Put("k", "v");
        for (int i = 0; i < commands; i++)
        {
            batch.Get(store.Store.DefaultNamespace, "k"u8);
        }

        store.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(StoreStatus.Ok, store.Store.Run(batch).Status);
        Assert.Equal(StoreStatus.Ok, store.Store.Run(batch).Status);
        var reader = default(FetchedReader);
        Assert.Equal(StoreStatus.Ok, store.Store.Read(store.Store.Key("k"u8), ref reader).Status);
        Assert.True(reader.WasFetched);
    }

    [Theory]
    [InlineData(64, 3)]
    [InlineData(64, 64)]
    [InlineData(65_536, 5)]
    [InlineData(65_536, 5000)]
    public void A_set_of_stripes_is_walked_in_rising_order_and_forgets(int stripes, int members)
    {
        var random = new Random(members);
        var set = new StripeSet();
        for (int round = 0; round < 20; round++)
        {
            set.Reset(stripes);
            var expected = new SortedSet<int>();
            for (int i = 0; i < members; i++)
            {
                int stripe = random.Next(stripes);
                set.Add(stripe);
                expected.Add(stripe);
            }

            var walked = new List<int>();
            foreach (int stripe in set)
            {
                walked.Add(stripe);
            }

            Assert.Equal(expected, walked);
        }
    }

    private struct FetchedReader : IItemReader
    {
        public bool WasFetched;

        public void Read(in Item item) => WasFetched = item.WasFetched;
    }

    /// <summary>A store, its model, and what the present batch should answer.</summary>
    private sealed class Run : IDisposable
    {
        private readonly StoreDriver _store;
        private readonly Random _random;
        private readonly StoreBatch _batch = new();
        private readonly StoreNamespace[] _namespaces;
        private readonly List<(StoreStatus Status, string? Value, ulong Number)> _expected = [];
        private Dictionary<(int Ns, string Key), (string Value, uint Flags, long Expiry)> _model = [];

        public Run(StoreDriver store, Random random)
        {
            _store = store;
            _random = random;
            _namespaces = [store.Store.DefaultNamespace, store.Store.DefaultNamespace, store.Store.CreateNamespace("other")!];
        }

        public void Dispose() => _batch.Dispose();

        public void Batch(string where)
        {
            _batch.Clear();
            _expected.Clear();
            var before = new Dictionary<(int, string), (string, uint, long)>(_model);
            bool fails = _random.Next(8) == 0;
            int kinds = _random.Next(3) switch { 0 => 1, 1 => 2, _ => 9 };
            int commands = _random.Next(2) == 0 ? 1 : _random.Next(1, 50);
            for (int i = 0; i < commands; i++)
            {
                AddCommand(kinds);
            }

            int failing = fails ? _batch.Require(_namespaces[0], "never there"u8, 1) : -1;
            BatchOutcome outcome = _store.Store.Run(_batch);
            Assert.True((fails ? StoreStatus.NotFound : StoreStatus.Ok, failing) == (outcome.Status, outcome.FailedCommand), $"{where}: {outcome}");
            for (int i = 0; i < _expected.Count; i++)
            {
                (StoreStatus status, string? value, ulong number) = _expected[i];
                CommandResult result = _batch.Results[i];
                string? seen = value == null ? null : System.Text.Encoding.Latin1.GetString(_batch.ValueOf(i));
                Assert.True((status, value, number) == (result.Status, seen, result.Number), $"{where} command {i}: {result.Status} {seen} {result.Number}");
            }

            _model = fails ? before : _model;
            if (_random.Next(10) == 0)
            {
                _store.Clock.Advance(TimeSpan.FromMilliseconds(_random.Next(100)));
                CheckAll(where);
            }
        }

        public void CheckAll(string where)
        {
            for (int name = 0; name < Names; name++)
            {
                string key = Name(name);
                for (int ns = 1; ns < 3; ns++)
                {
                    var reader = default(TextReader);
                    _ = _store.Store.Read(_store.Store.Key(_namespaces[ns], StoreDriver.Bytes(key)), ref reader);
                    bool isThere = TryGet((ns, key), out (string Value, uint Flags, long Expiry) item);
                    Assert.True((isThere ? item.Value : null) == reader.Text && (!isThere || (item.Flags, item.Expiry) == (reader.Flags, reader.Expiry)), $"{where}: {key}");
                }
            }

            // Every dead one was met just now.
            Assert.True(_model.Keys.Count(key => key.Ns == 2) == _namespaces[2].Items, $"{where}: items of the namespace");
            Assert.True(_model.Count == _store.Store.Statistics().Items, $"{where}: items");
        }

        private static string Name(int number) => new string('k', number % 20) + number.ToString(CultureInfo.InvariantCulture);

        private bool TryGet((int Ns, string Key) at, out (string Value, uint Flags, long Expiry) item)
        {
            if (_model.TryGetValue(at, out item) && (item.Expiry == 0 || item.Expiry > _store.Clock.Milliseconds))
            {
                return true;
            }

            _model.Remove(at);
            return false;
        }

        private void AddCommand(int kinds)
        {
            int index = Math.Max(_random.Next(3), 1);
            StoreNamespace ns = _namespaces[index];
            string name = Name(_random.Next(Names));
            byte[] key = StoreDriver.Bytes(name);
            bool isThere = TryGet((index, name), out (string Value, uint Flags, long Expiry) item);
            long expiry = _random.Next(4) == 0 ? _store.Clock.InMilliseconds(_random.Next(1, 200)) : 0;
            uint flags = _random.Next(4) == 0 ? (uint)_random.Next() : 0;
            switch (_random.Next(kinds))
            {
                case 0:
                    string value = new((char)_random.Next('a', 'z'), _random.Next(30) == 0 ? _random.Next(9000) : _random.Next(60));
                    value = _random.Next(10) == 0 ? "12" : value;
                    _batch.Put(ns, key, new PutRequest { Value = StoreDriver.Bytes(value), ClientFlags = flags, ExpiryMilliseconds = expiry });
                    _model[(index, name)] = (value, flags, expiry);
                    _expected.Add((StoreStatus.Ok, null, 0));
                    return;
                case 1 or 2:
                    _batch.Get(ns, key);
                    _expected.Add((isThere ? StoreStatus.Ok : StoreStatus.NotFound, isThere ? item.Value : null, 0));
                    return;
                case 3:
                    _batch.Exists(ns, key);
                    _expected.Add((isThere ? StoreStatus.Ok : StoreStatus.NotFound, null, 0));
                    return;
                case 4:
                    _batch.Delete(ns, key);
                    _model.Remove((index, name));
                    break;
                case 5:
                    _batch.Touch(ns, key, expiry);
                    _model[(index, name)] = item with { Expiry = expiry };
                    break;
                case 6:
                    bool isNumber = ulong.TryParse(item.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
                    _batch.Arithmetic(ns, key, 5);
                    if (isThere && !isNumber)
                    {
                        _expected.Add((StoreStatus.NotNumeric, null, 0));
                        return;
                    }

                    _model[(index, name)] = item with { Value = (number + 5).ToString(CultureInfo.InvariantCulture) };
                    _expected.Add((isThere ? StoreStatus.Ok : StoreStatus.NotFound, null, isThere ? number + 5 : 0));
                    RemoveUnless(isThere, (index, name));
                    return;
                case 7:
                    _batch.Put(ns, key, new PutRequest { Value = "xy"u8, Mode = StoreMode.Append });
                    bool fits = isThere && item.Value.Length < 15_000;
                    if (isThere && !fits)
                    {
                        // Nothing is to come near the size limit.
                        _batch.Delete(ns, key);
                        _expected.Add((StoreStatus.Ok, null, 0));
                        _expected.Add((StoreStatus.Ok, null, 0));
                        _model.Remove((index, name));
                        return;
                    }

                    _model[(index, name)] = item with { Value = item.Value + "xy" };
                    _expected.Add((isThere ? StoreStatus.Ok : StoreStatus.NotStored, null, 0));
                    RemoveUnless(isThere, (index, name));
                    return;
                default:
                    _batch.Put(ns, key, new PutRequest { Value = "new"u8, Mode = StoreMode.Add, ClientFlags = flags, ExpiryMilliseconds = expiry });
                    _expected.Add((isThere ? StoreStatus.NotStored : StoreStatus.Ok, null, 0));
                    _model[(index, name)] = isThere ? item : ("new", flags, expiry);
                    return;
            }

            _expected.Add((isThere ? StoreStatus.Ok : StoreStatus.NotFound, null, 0));
            RemoveUnless(isThere, (index, name));
        }

        private void RemoveUnless(bool isThere, (int Ns, string Key) at)
        {
            if (!isThere)
            {
                _model.Remove(at);
            }
        }
    }

    private struct TextReader : IItemReader
    {
        public string? Text;
        public uint Flags;
        public long Expiry;

        public void Read(in Item item)
        {
            Text = System.Text.Encoding.Latin1.GetString(item.Value);
            Flags = item.ClientFlags;
            Expiry = item.ExpiryMilliseconds;
        }
    }
}
