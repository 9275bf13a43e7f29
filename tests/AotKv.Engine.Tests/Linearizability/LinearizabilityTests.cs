using System.Globalization;

namespace AotKv.Engine.Tests.Linearizability;

/// <summary>
/// Histories of many threads on few keys, checked. The same load runs on a store broken on purpose, which the checker must catch:
/// otherwise the load proves nothing. AOTKV_SEED sets the seed.
/// </summary>
public sealed class LinearizabilityTests
{
    private const int Threads = 6;
    private const int Keys = 3;
    private const int Operations = 2_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Operations_and_transactions_on_a_key_happen_one_after_the_other(bool isDurable)
    {
        using var directory = new TemporaryDirectory();
        Assert.Null(FindFault(isDurable ? directory.Path : null, isBroken: false));
    }

    [Fact]
    public void A_store_whose_compare_and_set_is_not_one_step_is_caught()
    {
        string? fault = null;
        for (int attempt = 0; attempt < 20 && fault == null; attempt++)
        {
            fault = FindFault(null, isBroken: true);
        }

        Assert.NotNull(fault);
    }

    private static string? FindFault(string? directory, bool isBroken)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("AOTKV_SEED"), CultureInfo.InvariantCulture, out int said) ? said : Random.Shared.Next();
        var options = new StoreOptions
        {
            MemoryLimitBytes = 2 << 20,
            MaxItemBytes = 1 << 18,
            SegmentBytes = 16 << 10,
            DataDirectory = directory,
            EvictionDisabled = true,
        };
        using var store = new Store(options);
        var history = new History();
        using var start = new Barrier(Threads);
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            try
            {
                var register = new Register(store, isBroken);
                var random = new Random(seed + number);
                start.SignalAndWait();
                for (int i = 0; i < Operations; i++)
                {
                    int key = random.Next(Keys);
                    history.Add(key, Step(register, random, key, (number * 1_000_000L) + i));
                }
            }
            catch (Exception error)
            {
                lock (failures)
                {
                    failures.Add(error);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.True(failures.Count == 0, $"seed {seed}: {failures.FirstOrDefault()}");
        foreach ((int key, Event[] events) in history.Keys)
        {
            if (!Checker.IsLinearizable(events, null))
            {
                return $"seed {seed}: key {key} with {events.Length} operations";
            }
        }

        return null;
    }

    private static Event Step(Register register, Random random, int key, long unique)
    {
        long begin = History.Now;
        switch (random.Next(10))
        {
            case < 4:
                return new Event(begin, register.Read(key, out long? value), Act.Read, 0, null, value, true);
            case < 6:
                return new Event(begin, register.Write(key, unique), Act.Write, unique, null, null, true);
            case 6 when random.Next(3) == 0:
                return new Event(begin, register.Delete(key, out bool deleted), Act.Delete, 0, null, null, deleted);
            case < 8:
                long end = register.Add(key, 3, out long? sum);
                return sum == null ? new Event(begin, end, Act.Read, 0, null, null, true) : new Event(begin, end, Act.Add, 3, null, sum, true);
            default:
                long done = register.CompareAndSet(key, unique, out long? expected, out bool succeeded);
                return expected == null && !succeeded
                    ? new Event(begin, done, Act.Read, 0, null, null, true)
                    : new Event(begin, done, Act.CompareAndSet, unique, succeeded ? expected : long.MinValue, null, succeeded);
        }
    }
}
