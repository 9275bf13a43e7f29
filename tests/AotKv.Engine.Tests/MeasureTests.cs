using AotKv.Engine.Measure;

namespace AotKv.Engine.Tests;

public sealed class MeasureTests
{
    [Fact]
    public void Bounds_rise_and_every_time_is_in_the_bucket_that_ends_just_above_it()
    {
        double[] bounds = [.. Enumerable.Range(0, TimeHistogram.BucketCount).Select(TimeHistogram.BoundSeconds)];
        Assert.Equal(1024e-9, bounds[0]);
        Assert.Equal((double.PositiveInfinity, (1L << 34) / 1e9), (bounds[^1], bounds[^2]));
        for (int i = 1; i < bounds.Length - 1; i++)
        {
            Assert.InRange(bounds[i] / bounds[i - 1], 1.1, 1.2501);
            long last = (long)Math.Round(bounds[i] * 1e9);
            Assert.Equal((i, i + 1), (TimeHistogram.BucketOf(last), TimeHistogram.BucketOf(last + 1)));
        }

        Assert.Equal((0, 0, TimeHistogram.BucketCount - 1), (TimeHistogram.BucketOf(-5), TimeHistogram.BucketOf(1024), TimeHistogram.BucketOf(long.MaxValue)));
        for (int i = 0; i < bounds.Length - 1; i += TimeHistogram.StepsPerOctave)
        {
            Assert.Equal(1024e-9 * Math.Pow(2, i / TimeHistogram.StepsPerOctave), bounds[i], 12);
        }
    }

    [Fact]
    public void Times_that_were_added_are_all_there()
    {
        TimeHistogram histogram = new();
        histogram.Add(2000, times: 3);
        histogram.AddShared(5_000_000);
        long[] counts = new long[TimeHistogram.BucketCount];
        long sum = 1;
        histogram.AddTo(counts, ref sum);
        Assert.Equal((4, 5_006_001, 3), (counts.Sum(), sum, counts[TimeHistogram.BucketOf(2000)]));
    }

    [Fact]
    public void Slow_list_keeps_the_slowest_of_this_period_and_the_last()
    {
        SlowList list = new();
        const long Minute = 60_000;
        for (int i = 0; i < 100; i++)
        {
            list.Add(Slow(1, (i * 37 % 100) + 1));
        }

        Assert.Equal(Enumerable.Range(85, 16).Reverse().Select(n => (long)n), list.List(1).Select(slow => slow.Nanoseconds));
        Assert.Equal(85, list.FloorNanoseconds);
        list.Add(Slow(6 * Minute, 7));
        Assert.Equal((17, 7L), (list.List(6 * Minute).Count, list.List(6 * Minute)[^1].Nanoseconds));
        Assert.Equal([7L], list.List(12 * Minute).Select(slow => slow.Nanoseconds));
        Assert.Empty(list.List(30 * Minute));
    }

    [Fact]
    public void Reset_leaves_the_counts_of_the_whole_life()
    {
        using Store store = new(new StoreOptions());
        Assert.Equal(StoreStatus.Ok, store.Put(store.Key("a"u8), new PutRequest { Value = "v"u8 }).Status);
        store.ResetStatistics();
        Assert.Equal(StoreStatus.Ok, store.Put(store.Key("b"u8), new PutRequest { Value = "v"u8 }).Status);
        Assert.Equal((1, 2, 2), (store.Statistics().ItemsWritten, store.LifetimeStatistics().ItemsWritten, store.Statistics().Items));
    }

    private static SlowRequest Slow(long at, long took) => new(at, took, "test", "nothing", 0);
}
