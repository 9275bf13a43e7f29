using System.Numerics;
using System.Runtime.CompilerServices;

namespace AotKv.Engine.Measure;

/// <summary>
/// How often something took how long, counted in buckets whose bounds grow by a quarter of a power of two: a percentile read from them is
/// at most a quarter too high. From 1 microsecond to 17 seconds; what takes longer is in the last bucket. One owner adds without a lock,
/// or many with <see cref="AddShared"/>; anybody reads at any time, and may then miss the last few.
/// </summary>
public sealed class TimeHistogram
{
    /// <summary>Buckets of each power of two; every such bucket ends at one.</summary>
    public const int StepsPerOctave = 4;

    /// <summary>Number of buckets, the last one, without an upper bound, included.</summary>
    public const int BucketCount = 2 + (Octaves * StepsPerOctave);

    private const int Octaves = 24;
    private const int FirstBits = 10; // the first bucket ends at 2^10 nanoseconds

    private readonly long[] _counts = new long[BucketCount];
    private long _sumNanoseconds;

    /// <summary>The upper bound of a bucket, which belongs to it, in seconds; the last one's is infinite.</summary>
    /// <param name="bucket">0 to <see cref="BucketCount"/> - 1.</param>
    public static double BoundSeconds(int bucket)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bucket);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bucket, BucketCount);
        if (bucket == BucketCount - 1)
        {
            return double.PositiveInfinity;
        }

        int octave = (bucket + StepsPerOctave - 1) / StepsPerOctave;
        long end = 1L << (FirstBits + octave);
        int stepsBelow = (octave * StepsPerOctave) - bucket;
        return (end - (stepsBelow * (end / 2 / StepsPerOctave))) / 1e9;
    }

    /// <summary>The bucket of a time.</summary>
    /// <param name="nanoseconds">The time; a negative one counts as 0.</param>
    public static int BucketOf(long nanoseconds)
    {
        long below = nanoseconds - 1;
        if (below < 1L << FirstBits)
        {
            return 0;
        }

        int bits = BitOperations.Log2((ulong)below);
        int step = (int)(below >> (bits - 2)) & (StepsPerOctave - 1);
        return Math.Min(1 + ((bits - FirstBits) * StepsPerOctave) + step, BucketCount - 1);
    }

    /// <summary>Counts a time. Owner only.</summary>
    /// <param name="nanoseconds">The time.</param>
    /// <param name="times">How many things took it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long nanoseconds, long times = 1)
    {
        _counts[BucketOf(nanoseconds)] += times;
        _sumNanoseconds += nanoseconds * times;
    }

    /// <summary>Counts a time. Any thread, when no thread is the owner.</summary>
    /// <param name="nanoseconds">The time.</param>
    public void AddShared(long nanoseconds)
    {
        Interlocked.Increment(ref _counts[BucketOf(nanoseconds)]);
        Interlocked.Add(ref _sumNanoseconds, nanoseconds);
    }

    /// <summary>Adds the counts to a sum. Any thread.</summary>
    /// <param name="counts">At least <see cref="BucketCount"/> numbers.</param>
    /// <param name="sumNanoseconds">The sum of all times.</param>
    public void AddTo(Span<long> counts, ref long sumNanoseconds)
    {
        for (int i = 0; i < BucketCount; i++)
        {
            counts[i] += Volatile.Read(ref _counts[i]);
        }

        sumNanoseconds += Volatile.Read(ref _sumNanoseconds);
    }
}
