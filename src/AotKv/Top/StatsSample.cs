using System.Globalization;
using AotKv.Engine.Measure;

namespace AotKv.Top;

/// <summary>What a server said at a moment.</summary>
/// <param name="Timestamp">When: a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</param>
/// <param name="RoundTrip">How long a request that does nothing took.</param>
/// <param name="Figures">Names and values of <c>stats</c>, and of <c>stats aotkv</c> when there is such.</param>
internal sealed record StatsSample(long Timestamp, TimeSpan RoundTrip, IReadOnlyDictionary<string, string> Figures)
{
    public bool Has(string name) => Figures.ContainsKey(name);

    public string Text(string name) => Figures.GetValueOrDefault(name, "-");

    /// <summary>A number; 0 when there is none of that name.</summary>
    public double this[string name] =>
        double.TryParse(Figures.GetValueOrDefault(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0;

    public double Sum(params ReadOnlySpan<string> names)
    {
        double sum = 0;
        foreach (string name in names)
        {
            sum += this[name];
        }

        return sum;
    }

    /// <summary>Within what time a share of the batches since an earlier sample was answered, seconds; null when the server does not say.</summary>
    public double? AnsweredWithin(double share, StatsSample before)
    {
        long[]? now = Buckets();
        long[]? past = before.Buckets();
        if (now == null || past == null)
        {
            return null;
        }

        long all = 0;
        for (int i = 0; i < now.Length; i++)
        {
            now[i] = Math.Max(0, now[i] - past[i]);
            all += now[i];
        }

        double left = share * all;
        for (int i = 0; i < now.Length - 1 && all > 0; i++)
        {
            if (now[i] >= left)
            {
                double from = i == 0 ? 0 : TimeHistogram.BoundSeconds(i - 1);
                return from + ((TimeHistogram.BoundSeconds(i) - from) * left / now[i]);
            }

            left -= now[i];
        }

        return all == 0 ? null : TimeHistogram.BoundSeconds(now.Length - 2);
    }

    private long[]? Buckets()
    {
        string[] words = Figures.GetValueOrDefault("batch_times", "").Split(',');
        if (words.Length != TimeHistogram.BucketCount)
        {
            return null;
        }

        return Array.TrueForAll(words, word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? Array.ConvertAll(words, word => long.Parse(word, CultureInfo.InvariantCulture))
            : null;
    }
}
