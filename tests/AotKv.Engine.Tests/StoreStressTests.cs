using System.Buffers.Binary;
using System.Globalization;

namespace AotKv.Engine.Tests;

/// <summary>Several threads on one store: nothing torn, nothing lost, memory within its limit, counts exact at the end.</summary>
public sealed class StoreStressTests
{
    private const int Threads = 4;

    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    public void Readers_never_see_a_torn_or_foreign_value(int megabytes)
    {
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = (long)megabytes << 20, MaxItemBytes = 1 << 20 });
        long bad = 0, hits = 0;
        RunThreads((thread, random) =>
        {
            byte[] value = new byte[3008];
            for (int i = 0; i < 60_000; i++)
            {
                int id = random.Next(2000);
                byte[] key = Key(id);
                switch (random.Next(8))
                {
                    case 0 or 1 or 2:
                        Fill(value, id, random.Next(16, random.Next(40) == 0 ? 3000 : 200), out int length);
                        store.Store.Put(store.Store.Key(key), new PutRequest { Value = value.AsSpan(0, length) });
                        break;
                    case 3 when random.Next(4) == 0:
                        store.Store.Delete(store.Store.Key(key));
                        break;
                    case 4 when random.Next(4) == 0:
                        store.Store.Touch(store.Store.Key(key), store.Clock.InMilliseconds(random.Next(100_000)));
                        break;
                    case 5 when thread == 0 && random.Next(10_000) == 0:
                        store.Store.Flush();
                        break;
                    default:
                        var reader = new CheckingReader { Id = id };
                        if (store.Store.Read(store.Store.Key(key), ref reader).Status == StoreStatus.Ok)
                        {
                            Interlocked.Increment(ref hits);
                            Interlocked.Add(ref bad, reader.Bad);
                        }

                        break;
                }
            }
        });
        Assert.Equal(0, bad);
        Assert.True(hits > 1000);
        CheckCounts(store, 2000);
    }

    [Fact]
    public void Storing_while_empty_segments_are_taken_back_loses_nothing()
    {
        using var store = new StoreDriver(new StoreOptions { SegmentBytes = 16 << 10 });
        byte[] value = new byte[100];
        byte[][] keys = [.. Enumerable.Range(0, 300).Select(Key)];
        for (int round = 0; round < 1500; round++)
        {
            foreach (byte[] key in keys)
            {
                Assert.Equal(StoreStatus.Ok, store.Put(key, value).Status);
            }

            foreach (byte[] key in keys)
            {
                Outcome outcome = store.Store.Delete(store.Store.Key(key));
                Assert.True(outcome.Status == StoreStatus.Ok, $"round {round}: {outcome.Status} {outcome.Miss}");
            }
        }
    }

    [Fact]
    public void Counting_from_many_threads_loses_nothing()
    {
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 4 << 20, MaxItemBytes = 1 << 20 });
        const int Counters = 8, PerThread = 100_000;
        for (int i = 0; i < Counters; i++)
        {
            store.Put("n" + i.ToString(CultureInfo.InvariantCulture), "0");
        }

        RunThreads((thread, random) =>
        {
            byte[] other = new byte[100];
            for (int i = 0; i < PerThread; i++)
            {
                byte[] key = StoreDriver.Bytes("n" + (i % Counters).ToString(CultureInfo.InvariantCulture));
                Assert.Equal(StoreStatus.Ok, store.Store.Count(store.Store.Key(key), 1, decrement: false).Status);

                // Reads keep the counters warm, writes keep the log moving below them.
                _ = store.Get(key);
                store.Put(Key(random.Next(2_000)), other);
            }
        });
        for (int i = 0; i < Counters; i++)
        {
            string text = store.Get("n" + i.ToString(CultureInfo.InvariantCulture))!.Text;
            Assert.Equal(Threads * PerThread / Counters, int.Parse(text.TrimEnd(), CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Compare_and_store_from_many_threads_loses_no_update()
    {
        using var store = new StoreDriver();
        store.Put("k", "0");
        long stored = 0;
        RunThreads((thread, random) =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                StoreDriver.Seen seen = store.Get("k")!;
                int next = int.Parse(seen.Text, CultureInfo.InvariantCulture) + 1;
                if (store.Put("k", next.ToString(CultureInfo.InvariantCulture), compare: seen.Revision).Status == StoreStatus.Ok)
                {
                    Interlocked.Increment(ref stored);
                }
            }
        });
        Assert.Equal(stored, int.Parse(store.Get("k")!.Text, CultureInfo.InvariantCulture));
    }

    private static void RunThreads(Action<int, Random> body)
    {
        var failures = new List<Exception>();
        Thread[] threads = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int thread = t;
            threads[t] = new Thread(() =>
            {
                try
                {
                    body(thread, new Random(thread + 17));
                }
                catch (Exception error)
                {
                    lock (failures)
                    {
                        failures.Add(error);
                    }
                }
            });
            threads[t].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Empty(failures);
    }

    /// <summary>A value that says whose it is and sums to zero.</summary>
    private static void Fill(byte[] value, int id, int wanted, out int length)
    {
        length = wanted / 8 * 8;
        BinaryPrimitives.WriteInt32LittleEndian(value, id);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), length);
        ulong sum = BinaryPrimitives.ReadUInt64LittleEndian(value);
        for (int at = 8; at + 8 < length; at += 8)
        {
            ulong word = (ulong)Random.Shared.NextInt64();
            BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(at), word);
            sum += word;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(length - 8), 0 - sum);
    }

    private static void CheckCounts(StoreDriver store, int keys)
    {
        // The store's own thread may still be evicting while they are counted.
        StoreStatistics statistics = default;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                int present = Enumerable.Range(0, keys).Count(id => store.Get(Key(id)) != null);
                statistics = store.Store.Statistics();
                return present == statistics.Items;
            },
            TimeSpan.FromMinutes(1)));
        Assert.InRange(statistics.SegmentBytes + statistics.IndexBytes, 0, statistics.MemoryLimitBytes);
    }

    private static byte[] Key(int id) => StoreDriver.Bytes("key" + id.ToString("D8", CultureInfo.InvariantCulture));

    private struct CheckingReader : IItemReader
    {
        public int Id;
        public int Bad;

        public void Read(in Item item)
        {
            ulong sum = 0;
            for (int at = 0; at + 8 <= item.Value.Length; at += 8)
            {
                sum += BinaryPrimitives.ReadUInt64LittleEndian(item.Value[at..]);
            }

            bool good = item.Value.Length >= 16 && sum == 0
                && BinaryPrimitives.ReadInt32LittleEndian(item.Value) == Id
                && BinaryPrimitives.ReadInt32LittleEndian(item.Value[4..]) == item.Value.Length;
            Bad += good ? 0 : 1;
        }
    }
}
