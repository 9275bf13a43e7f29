using System.Text;

namespace AotKv.Engine.Tests;

/// <summary>What an operator sees and changes: removals, access times, sweeps, the memory limit.</summary>
public sealed class StoreOperatorTests
{
    [Fact]
    public void Observer_hears_of_evicted_items()
    {
        Listener listener = new();
        using Store store = new(new() { MemoryLimitBytes = 4 << 20, MaxItemBytes = 64 << 10, HashSeed = 1 });
        store.Observer = listener;
        Fill(store, items: 4000, valueBytes: 5000);
        Assert.True(Volatile.Read(ref listener.Evicted) > 0, "something was evicted");
        Assert.True(Volatile.Read(ref listener.Evicted) <= store.Statistics().Evictions, "no more than counted");
    }

    [Fact]
    public void Observer_hears_of_expired_items_that_are_met_and_swept()
    {
        Listener listener = new();
        ManualClock clock = new();
        using Store store = new(new() { HashSeed = 1, Clock = clock, RunsByHand = true });
        store.Observer = listener;
        foreach (string key in (string[])["a", "b", "c"])
        {
            store.Put(Key(store, key), new() { Value = "1"u8, ExpiryMilliseconds = clock.Milliseconds + 1000 });
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        ValueReader reader = default;
        Assert.Equal(MissReason.Expired, store.Read(Key(store, "a"), ref reader).Miss);
        Assert.Equal((0, 1, 0), (listener.Evicted, listener.Expired, listener.Swept));
        store.MaintainByHand();
        Assert.Equal((0, 1, 2), (listener.Evicted, listener.Expired, listener.Swept));
        Assert.Equal(2, store.Statistics().Swept);
        Assert.True(store.Statistics().SweepVisits >= 2, "it looked at them");
    }

    [Fact]
    public void Sweep_removes_what_has_expired()
    {
        ManualClock clock = new();
        using Store store = new(new() { HashSeed = 1, Clock = clock });
        store.Put(Key(store, "a"), new() { Value = "1"u8, ExpiryMilliseconds = clock.Milliseconds + 1000 });
        clock.Advance(TimeSpan.FromSeconds(2));
        store.Sweep();
        SpinWait.SpinUntil(() => !store.IsSweeping);
        Assert.Equal((0, 1), (store.Statistics().Items, store.Statistics().Swept));
    }

    [Fact]
    public void Peek_changes_nothing()
    {
        ManualClock clock = new();
        using Store store = new(new() { HashSeed = 1, Clock = clock });
        store.Put(Key(store, "a"), new() { Value = "1"u8 });
        long stored = clock.Milliseconds / 1000;
        clock.Advance(TimeSpan.FromSeconds(10));
        for (int i = 0; i < 3; i++)
        {
            AccessReader peek = new(store);
            Assert.Equal(StoreStatus.Ok, store.Peek(Key(store, "a"), ref peek).Status);
            Assert.Equal((stored, false), (peek.LastAccess, peek.WasFetched));
        }

        AccessReader miss = new(store);
        Assert.Equal(MissReason.Absent, store.Peek(Key(store, "b"), ref miss).Miss);
    }

    [Fact]
    public void Peek_tells_why_there_is_nothing()
    {
        ManualClock clock = new();
        using Store store = new(new() { HashSeed = 1, Clock = clock, RunsByHand = true });
        store.Put(Key(store, "flushed"), new() { Value = "1"u8 });
        store.Flush();
        store.Put(Key(store, "expired"), new() { Value = "1"u8, ExpiryMilliseconds = clock.Milliseconds + 1000 });
        clock.Advance(TimeSpan.FromSeconds(2));
        ValueReader reader = default;
        Assert.Equal(MissReason.Flushed, store.Peek(Key(store, "flushed"), ref reader).Miss);
        Assert.Equal(MissReason.Expired, store.Peek(Key(store, "expired"), ref reader).Miss);
    }

    [Fact]
    public void Last_access_is_the_time_before_the_read_that_asks()
    {
        ManualClock clock = new();
        using Store store = new(new() { HashSeed = 1, Clock = clock });
        store.Put(Key(store, "a"), new() { Value = "1"u8 });
        long stored = clock.Milliseconds / 1000;
        clock.Advance(TimeSpan.FromSeconds(10));
        AccessReader first = new(store);
        store.Read(Key(store, "a"), ref first);
        AccessReader second = new(store);
        store.Read(Key(store, "a"), ref second);
        Assert.Equal((stored, stored + 10), (first.LastAccess, second.LastAccess));
        Assert.Equal((false, true), (first.WasFetched, second.WasFetched));
    }

    [Fact]
    public void Memory_limit_can_be_raised_and_lowered()
    {
        using Store store = new(new() { MemoryLimitBytes = 4 << 20, MaxItemBytes = 64 << 10, HashSeed = 1 });
        Fill(store, items: 4000, valueBytes: 5000);
        long few = store.Statistics().Items;
        Assert.True(store.TrySetMemoryLimit(16 << 20));
        Fill(store, items: 4000, valueBytes: 5000);
        StoreStatistics more = store.Statistics();
        Assert.True(more.Items > 3 * few, $"{more.Items} items after {few}");
        Assert.Equal(16 << 20, more.MemoryLimitBytes);
        Assert.True(store.TrySetMemoryLimit(4 << 20));
        SpinWait.SpinUntil(() => store.Statistics().SegmentBytes <= 4 << 20);
        Assert.InRange(store.Statistics().Items, 1, 2 * few);
    }

    [Theory]
    [InlineData(1 << 10)]
    [InlineData(100 << 10)]
    [InlineData(33 << 20)]
    public void Memory_limit_out_of_range_is_refused(long bytes)
    {
        using Store store = new(new() { MemoryLimitBytes = 4 << 20, MaxItemBytes = 64 << 10 });
        Assert.False(store.TrySetMemoryLimit(bytes));
        Assert.Equal(4 << 20, store.Statistics().MemoryLimitBytes);
    }

    private static ItemKey Key(Store store, string key) => store.Key(Encoding.ASCII.GetBytes(key));

    private static void Fill(Store store, int items, int valueBytes)
    {
        byte[] value = new byte[valueBytes];
        for (int i = 0; i < items; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(Key(store, $"key{i}"), new() { Value = value }).Status);
        }
    }

    private struct ValueReader : IItemReader
    {
        public readonly void Read(in Item item)
        {
        }
    }

    private struct AccessReader(Store store) : IItemReader
    {
        public long LastAccess { get; private set; }

        public bool WasFetched { get; private set; }

        public void Read(in Item item)
        {
            LastAccess = store.LastAccessSeconds(item);
            WasFetched = item.WasFetched;
        }
    }

    private sealed class Listener : IStoreObserver
    {
        public int Evicted;
        public int Expired;
        public int Swept;

        public void Removed(in Item item, RemovalReason reason)
        {
            ref int count = ref Expired;
            if (reason == RemovalReason.Evicted)
            {
                count = ref Evicted;
            }
            else if (reason == RemovalReason.Swept)
            {
                count = ref Swept;
            }

            Interlocked.Increment(ref count);
        }
    }
}
