using System.Numerics;

namespace AotKv.Perf.Measure;

/// <summary>
/// Counts latencies in buckets that are 1 ns wide up to 255 ns and then 128 to each doubling, so that a bucket is never wider
/// than 1/128 (0.8%) of the values in it. Recording is a shift and an add. One writer; merge the histograms of several.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Longer latencies are counted as this, nanoseconds (18 minutes).</summary>
    public const long MaxNanoseconds = (1L << 40) - 1;

    private const int SubBits = 7;
    private const int SubBuckets = 1 << SubBits;
    private const int Buckets = (40 - SubBits + 1) * SubBuckets;

    private readonly long[] _counts = new long[Buckets];

    /// <summary>How many latencies were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, exactly; 0 when none was recorded.</summary>
    public long Max { get; private set; }

    /// <summary>The mean, from the sum of the exact values; 0 when none was recorded.</summary>
    public double Mean => Count == 0 ? 0 : (double)Sum / Count;

    private Int128 Sum { get; set; }

    /// <summary>Records a latency a number of times.</summary>
    /// <param name="nanoseconds">The latency; below 0 counts as 0.</param>
    /// <param name="times">How often.</param>
    public void Record(long nanoseconds, long times = 1)
    {
        long value = Math.Clamp(nanoseconds, 0, MaxNanoseconds);
        _counts[BucketOf(value)] += times;
        Count += times;
        Sum += (Int128)value * times;
        if (value > Max)
        {
            Max = value;
        }
    }

    /// <summary>Adds everything another histogram counted.</summary>
    /// <param name="other">The other one; it stays as it is.</param>
    public void Merge(LatencyHistogram other)
    {
        for (int i = 0; i < Buckets; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Sum += other.Sum;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Sum = 0;
        Max = 0;
    }

    /// <summary>The latency that a share of all recorded ones does not exceed (to within the width of a bucket, 0.8%).</summary>
    /// <param name="percent">0 to 100.</param>
    /// <returns>Nanoseconds; 0 when none was recorded.</returns>
    public long Percentile(double percent)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long seen = 0;
        for (int i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(LastOf(i), Max);
            }
        }

        return Max;
    }

    private static int BucketOf(long value)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    /// <summary>The largest value that falls into a bucket.</summary>
    private static long LastOf(int bucket)
    {
        int shift = Math.Max(0, (bucket >> SubBits) - 1);
        return ((bucket - ((long)shift << SubBits) + 1) << shift) - 1;
    }
}
