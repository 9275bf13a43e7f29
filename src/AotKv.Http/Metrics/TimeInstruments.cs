using System.Diagnostics.Metrics;
using AotKv.Engine.Measure;

namespace AotKv.Http.Metrics;

/// <summary>A histogram as the two counters that <see cref="MetricCollector"/> puts together again.</summary>
internal static class TimeInstruments
{
    /// <summary>Adds both to a meter.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="name">The histogram's name.</param>
    /// <param name="help">What it counts.</param>
    /// <param name="read">The histograms there are at the moment, with their labels.</param>
    public static void Add(Meter meter, string name, string help, Func<IEnumerable<(KeyValuePair<string, object?>[] Labels, TimeHistogram Times)>> read)
    {
        meter.CreateObservableCounter(name + ".bucket", () => read().SelectMany(Buckets), "s", help);
        meter.CreateObservableCounter(name + ".sum", () => read().Select(Sum), "s", help);
    }

    private static IEnumerable<Measurement<long>> Buckets((KeyValuePair<string, object?>[] Labels, TimeHistogram Times) histogram)
    {
        long[] counts = new long[TimeHistogram.BucketCount];
        long sum = 0;
        histogram.Times.AddTo(counts, ref sum);
        long below = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            yield return new(below, [.. histogram.Labels, new("le", TimeHistogram.BoundSeconds(i))]);
        }
    }

    private static Measurement<double> Sum((KeyValuePair<string, object?>[] Labels, TimeHistogram Times) histogram)
    {
        long sum = 0;
        histogram.Times.AddTo(new long[TimeHistogram.BucketCount], ref sum);
        return new(sum / 1e9, histogram.Labels);
    }
}
