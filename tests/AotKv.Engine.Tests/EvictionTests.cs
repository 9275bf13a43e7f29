using System.Globalization;

namespace AotKv.Engine.Tests;

/// <summary>Who has to go. Without threads of the store's own: the same order of operations evicts the same items.</summary>
public sealed class EvictionTests
{
    private const int Items = 16_000; // about what 2 MiB hold

    [Fact]
    public void Key_stored_again_soon_after_its_eviction_outlives_new_ones()
    {
        using StoreDriver store = Open();
        Put(store, 'a', 0, Items);
        int evicted = 0;
        while (store.Get(Key('a', evicted)) == null)
        {
            evicted++;
        }

        Assert.InRange(evicted, 100, Items);
        Put(store, 'a', evicted - 50, 50);
        Put(store, 'b', 0, 50);
        Put(store, 'c', 0, Items * 3 / 2);
        Assert.True(Present(store, 'a', evicted - 50, 50) >= 48);
        Assert.Equal(0, Present(store, 'b', 0, 50));
    }

    [Fact]
    public void Scan_through_the_cache_leaves_what_is_read_again()
    {
        const int Hot = 2000, ScannedPerRead = 20;
        using StoreDriver store = Open();
        Put(store, 'h', 0, Hot);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Hot, Present(store, 'h', 0, Hot));
        }

        var random = new Random(7);
        int hits = 0;
        const int Reads = 10_000;
        for (int i = 0; i < Reads; i++)
        {
            hits += Present(store, 'h', random.Next(Hot), 1);
            Put(store, 's', i * ScannedPerRead, ScannedPerRead);
        }

        Assert.True(hits >= Reads * 95 / 100, $"{hits} of {Reads} reads found their item");
    }

    [Fact]
    public void What_nobody_reads_does_not_outlive_the_young_part_when_some_of_it_is_stored_twice()
    {
        using StoreDriver store = Open();
        const int Main = Items * 3 / 4;
        Put(store, 'a', 0, Main);
        Assert.Equal(Main, Present(store, 'a', 0, Main));
        Put(store, 'c', 0, Items);
        StoreStatistics before = store.Store.Statistics();
        Assert.True(before.Evictions > 0);
        for (int i = 0; i < Items; i += 5)
        {
            Put(store, 'b', i, 5);
            Put(store, 'b', i, 1); // a sixth of every segment is dead
        }

        StoreStatistics end = store.Store.Statistics();
        Assert.True(end.Evictions - before.Evictions > Items / 2);
        Assert.InRange(end.RelocatedBytes - before.RelocatedBytes, 0, Items * 80L / 10);
    }

    [Fact]
    public void Memory_of_the_remembered_keys_counts_against_the_limit()
    {
        using StoreDriver store = Open();
        Put(store, 'a', 0, Items * 3);
        StoreStatistics end = store.Store.Statistics();
        Assert.True(end.Evictions > 0);
        Assert.InRange(end.SegmentBytes + end.IndexBytes, 0, 2 << 20);
    }

    private static StoreDriver Open() =>
        new(new StoreOptions { MemoryLimitBytes = 2 << 20, MaxItemBytes = 1 << 20, SegmentBytes = 16 << 10, RunsByHand = true });

    private static void Put(StoreDriver store, char kind, int first, int count)
    {
        for (int i = first; i < first + count; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(Key(kind, i), new byte[80]).Status);
        }
    }

    private static int Present(StoreDriver store, char kind, int first, int count)
    {
        int present = 0;
        for (int i = first; i < first + count; i++)
        {
            present += store.Get(Key(kind, i)) != null ? 1 : 0;
        }

        return present;
    }

    private static byte[] Key(char kind, int i) => StoreDriver.Bytes(kind + i.ToString("D10", CultureInfo.InvariantCulture));
}
