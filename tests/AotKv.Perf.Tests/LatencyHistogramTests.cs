using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Tests;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Percentile_of_random_latencies_is_within_one_percent(ulong seed)
    {
        var random = new SplitMix(seed);
        var histogram = new LatencyHistogram();
        var values = new long[20_000];
        for (int i = 0; i < values.Length; i++)
        {
            // From nanoseconds to minutes, every order of magnitude as often.
            values[i] = (long)Math.Exp(random.Unit() * Math.Log(3e11));
            histogram.Record(values[i]);
        }

        Array.Sort(values);
        foreach (double percent in new[] { 0.0, 1, 25, 50, 90, 99, 99.9, 99.99, 100 })
        {
            long exact = values[Math.Max(0, (int)Math.Ceiling(percent / 100 * values.Length) - 1)];
            long told = histogram.Percentile(percent);
            Assert.True(told >= exact && told <= exact * 1.01 + 1, $"seed {seed}: p{percent} is {exact}, told {told}");
        }

        Assert.Equal(values[^1], histogram.Max);
        Assert.Equal(values.Average(), histogram.Mean, values.Average() * 1e-9);
    }

    [Fact]
    public void Record_below_256_ns_is_exact()
    {
        for (long value = 0; value < 256; value++)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(value);
            histogram.Record(1000);
            Assert.Equal(value, histogram.Percentile(50));
        }
    }

    [Fact]
    public void Record_at_every_bucket_edge_is_counted_in_a_bucket_that_holds_it()
    {
        for (int bit = 0; bit < 40; bit++)
        {
            foreach (long value in new[] { (1L << bit) - 1, 1L << bit, (1L << bit) + 1, (1L << bit) + (1L << bit) / 2 })
            {
                var histogram = new LatencyHistogram();
                histogram.Record(value);
                histogram.Record(LatencyHistogram.MaxNanoseconds, 3);
                long told = histogram.Percentile(25);
                Assert.True(told >= value && told - value <= value / 100, $"{value} was told as {told}");
            }
        }
    }

    [Fact]
    public void Record_out_of_range_counts_as_the_nearest_in_range()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Percentile(50));
        Assert.Equal(LatencyHistogram.MaxNanoseconds, histogram.Max);
    }

    [Fact]
    public void Merge_of_two_halves_equals_the_whole()
    {
        var random = new SplitMix(7);
        var whole = new LatencyHistogram();
        LatencyHistogram[] halves = [new(), new()];
        for (int i = 0; i < 10_000; i++)
        {
            long value = (long)(random.Next() >> 34);
            whole.Record(value);
            halves[i % 2].Record(value);
        }

        halves[0].Merge(halves[1]);
        Assert.Equal(whole.Count, halves[0].Count);
        Assert.Equal(whole.Max, halves[0].Max);
        Assert.Equal(whole.Mean, halves[0].Mean);
        for (double percent = 0; percent <= 100; percent += 0.5)
        {
            Assert.Equal(whole.Percentile(percent), halves[0].Percentile(percent));
        }
    }

    [Fact]
    public void Percentile_of_nothing_is_zero()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1000, 5);
        histogram.Clear();
        Assert.Equal(0, histogram.Percentile(99));
        Assert.Equal(0, histogram.Mean);
        Assert.Equal(0, histogram.Max);
    }

    [Fact]
    public void Percentile_counts_how_often_a_latency_was_recorded()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(10, 98);
        histogram.Record(200, 2);
        Assert.Equal(10, histogram.Percentile(98));
        Assert.Equal(200, histogram.Percentile(98.5));
    }
}
