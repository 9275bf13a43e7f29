using System.Diagnostics;
using System.Globalization;
using AotKv.Engine;
using AotKv.Perf.Cli;
using AotKv.Perf.Scenarios;

namespace AotKv.Micro;

/// <summary>
/// <c>pauses</c>: every single operation timed while millions of items are inserted and evicted, overwritten and cleaned, expire, and are
/// flushed; and every step of the store's own thread, which takes locks that operations need.
/// </summary>
internal sealed class PauseSuite
{
    public const string Help = """
        usage: AotKv.Micro pauses [OPTIONS]   the longest single operation and step of maintenance
          --items N         how many are inserted              [20000000]
          --memory MB       the memory limit                   [1024]
          --rounds N        all of it again                    [3]
          --thread          the store's own thread does the maintenance, as in the server: then waiting for whoever has a lock and was
                            taken off the processor counts too. Without it this thread does it between operations, which leaves the work
        """;

    private const int ValueBytes = 100;
    private const int FewItems = 1_000_000;
    private const int FlushEvery = 1_000_000;
    private const int OperationsPerTurn = 2000;
    private const long BarNanoseconds = 1_000_000;

    /// <summary>Ends the name of a step that nobody ever waits for.</summary>
    private const string WithoutLock = "no lock held";

    private readonly int _items;
    private readonly long _memoryBytes;
    private readonly bool _ownThread;
    private readonly byte[] _value = new byte[ValueBytes];
    private readonly byte[] _key = new byte[KeySet.KeyBytes];
    private readonly SplitMix _random = new(0xFA57);
    private readonly Dictionary<string, StepTime> _steps = [];
    private StepTime _timing = new();

    private PauseSuite(int items, long memoryBytes, bool ownThread)
    {
        _ownThread = ownThread;
        _items = items;
        _memoryBytes = memoryBytes;
    }

    /// <summary>Runs it from its command line.</summary>
    public static int Run(ArgumentReader arguments)
    {
        int items = (int)arguments.Integer("items", 20_000_000, FewItems, 1_000_000_000);
        long memory = arguments.Integer("memory", 1024, 64, 1 << 20) << 20;
        int rounds = (int)arguments.Integer("rounds", 3, 1, 100);
        bool ownThread = arguments.Switch("thread");
        arguments.End();
        var best = new List<(string Name, StepTime Time)>();
        for (int round = 0; round < rounds; round++)
        {
            var suite = new PauseSuite(items, memory, ownThread);
            List<(string Name, StepTime Time)> times = suite.Measure();
            best = round == 0 ? times : Least(best, times);
            Console.Error.WriteLine($"round {round + 1} done");
        }

        CultureInfo plain = CultureInfo.InvariantCulture;
        var table = new TextTable("<what", "times", "longest repeated, us", "longest seen, us", "seen above 1 ms", "<bar");
        foreach ((string name, StepTime time) in best)
        {
            string verdict = name.EndsWith(WithoutLock, StringComparison.Ordinal) ? "" : time.LongestRepeated < BarNanoseconds ? "met" : "missed";
            table.Add(
                name, time.Count.ToString("N0", plain), Microseconds(time.LongestRepeated), Microseconds(time.LongestSeen),
                time.AboveBar.ToString("N0", plain), verdict);
        }

        Console.Out.Write(table.ToText());
        Console.Out.WriteLine($"\n{Report.Compilation} code; {items:N0} items, -m {memory >> 20}, {rounds} rounds that do the same. Repeated: the longest when each operation counts with");
        Console.Out.WriteLine("its shortest time of all rounds (20 is the least that is looked at). Seen: the longest of one round, the least of the rounds. The bar is 1 ms.");
        return 0;
    }

    private static string Microseconds(long nanoseconds) => (nanoseconds / 1000.0).ToString("F0", CultureInfo.InvariantCulture);

    private static List<(string Name, StepTime Time)> Least(List<(string Name, StepTime Time)> one, List<(string Name, StepTime Time)> other)
    {
        var least = new List<(string, StepTime)>();
        foreach ((string name, StepTime time) in other)
        {
            StepTime before = one.Find(entry => entry.Name == name).Time ?? time;
            least.Add((name, StepTime.Least(before, time)));
        }

        return least;
    }

    private List<(string Name, StepTime Time)> Measure()
    {
        var times = new List<(string Name, StepTime Time)>();
        void Phase(string name, Action body)
        {
            _timing = new StepTime();
            body();
            times.Add((name, _timing));
        }

        using var store = new Store(new StoreOptions { MemoryLimitBytes = _memoryBytes, HashSeed = 1, StepObserver = new Observer(this), RunsByHand = !_ownThread });
        Phase("insert, evicting", () => Insert(store, 0, _items, 0));
        Phase("insert what expires", () => Insert(store, _items, _items + FewItems, store.Clock.Refresh() / 1000 + 1));
        Phase("overwrite at random", () => Overwrite(store, _items / 4));
        Phase("get at random", () => Get(store, _items / 4));
        Phase("delete", () => Delete(store));
        Phase("insert again, flushing", () => InsertFlushing(store));
        lock (_steps)
        {
            foreach ((string name, StepTime time) in _steps)
            {
                times.Add(("step: " + name, time));
            }
        }

        return times;
    }

    private StepTime StepOf(string what)
    {
        lock (_steps)
        {
            if (!_steps.TryGetValue(what, out StepTime? time))
            {
                _steps[what] = time = new StepTime();
            }

            return time;
        }
    }

    private void Insert(Store store, int from, int to, long expiryMilliseconds)
    {
        var put = new PutRequest { Value = _value, ExpiryMilliseconds = expiryMilliseconds };
        var watch = new StepWatch();
        for (int i = from; i < to; i++)
        {
            ItemKey key = Next(store, i, i);
            watch.Start();
            Outcome outcome = store.Put(key, put);
            watch.Stop(_timing);
            Expect(outcome.Status);
        }
    }

    private void Overwrite(Store store, int count)
    {
        var put = new PutRequest { Value = _value };
        var watch = new StepWatch();
        for (int i = 0; i < count; i++)
        {
            ItemKey key = Next(store, i, _items - 1 - (int)_random.Below(FewItems));
            watch.Start();
            Outcome outcome = store.Put(key, put);
            watch.Stop(_timing);
            Expect(outcome.Status);
        }
    }

    private void Get(Store store, int count)
    {
        NoReader reader = default;
        var watch = new StepWatch();
        for (int i = 0; i < count; i++)
        {
            ItemKey key = Next(store, i, (int)_random.Below((uint)_items));
            watch.Start();
            _ = store.Read(key, ref reader);
            watch.Stop(_timing);
        }
    }

    private void Delete(Store store)
    {
        var watch = new StepWatch();
        for (int i = _items - FewItems; i < _items; i++)
        {
            ItemKey key = Next(store, i, i);
            watch.Start();
            _ = store.Delete(key);
            watch.Stop(_timing);
        }
    }

    private void InsertFlushing(Store store)
    {
        StepTime flushes = StepOf("flush");
        for (int i = 0; i < _items / 4; i += FlushEvery)
        {
            Insert(store, i, i + FlushEvery, 0);
            var watch = new StepWatch();
            watch.Start();
            store.Flush();
            watch.Stop(flushes);
        }
    }

    /// <summary>The key of the next operation; between two, now and then, what the store's thread would do.</summary>
    private ItemKey Next(Store store, int operation, int number)
    {
        if (!_ownThread && operation % OperationsPerTurn == 0)
        {
            store.MaintainByHand();
        }

        KeySet.Write(_key, 0, (byte)'k', (uint)number);
        return store.Key(_key);
    }

    private static void Expect(StoreStatus status)
    {
        if (status != StoreStatus.Ok)
        {
            throw new InvalidOperationException($"the store said {status}");
        }
    }

    /// <summary>Times one thing after the other.</summary>
    private struct StepWatch
    {
        private long _started;

        public void Start() => _started = Stopwatch.GetTimestamp();

        public readonly void Stop(StepTime time) => time.Add((long)Stopwatch.GetElapsedTime(_started).TotalNanoseconds);
    }

    /// <summary>
    /// The longest of many. Those that took long are remembered by their number, so that rounds which do the same can be laid over each other:
    /// what the work itself takes it takes every time, what others on the machine cause hits another operation in the next round.
    /// </summary>
    private sealed class StepTime
    {
        private const long Worth = 20_000;

        private Dictionary<long, long> _long = [];

        public long Count { get; private set; }

        public long LongestSeen { get; private set; }

        public long AboveBar { get; private set; }

        /// <summary>The longest of those that are left; below <see cref="Worth"/> when none is.</summary>
        public long LongestRepeated
        {
            get
            {
                long longest = 0;
                foreach (long time in _long.Values)
                {
                    longest = Math.Max(longest, time);
                }

                return Math.Max(longest, Worth);
            }
        }

        public void Add(long elapsed)
        {
            LongestSeen = Math.Max(LongestSeen, elapsed);
            AboveBar += elapsed > BarNanoseconds ? 1 : 0;
            if (elapsed >= Worth)
            {
                _long[Count] = elapsed;
            }

            Count++;
        }

        public static StepTime Least(StepTime one, StepTime other)
        {
            var both = new Dictionary<long, long>();
            foreach ((long number, long time) in one._long)
            {
                if (other._long.TryGetValue(number, out long again))
                {
                    both[number] = Math.Min(time, again);
                }
            }

            return new StepTime
            {
                _long = both,
                Count = other.Count,
                LongestSeen = Math.Min(one.LongestSeen, other.LongestSeen),
                AboveBar = Math.Min(one.AboveBar, other.AboveBar),
            };
        }
    }

    /// <summary>Told of the steps of the store's one thread.</summary>
    private sealed class Observer(PauseSuite suite) : IStepObserver
    {
        private StepWatch _watch;

        public void Begin() => _watch.Start();

        public void End(string what) => _watch.Stop(suite.StepOf(what));
    }

    private readonly struct NoReader : IItemReader
    {
        public void Read(in Item item)
        {
        }
    }
}
