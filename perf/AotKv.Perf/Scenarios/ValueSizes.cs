using System.Globalization;

namespace AotKv.Perf.Scenarios;

/// <summary>How long values are: ranges with weights. One range of one size is a fixed size.</summary>
public sealed class ValueSizes
{
    private readonly Range[] _ranges;
    private readonly uint _totalWeight;

    private ValueSizes(Range[] ranges)
    {
        _ranges = ranges;
        foreach (Range range in ranges)
        {
            _totalWeight += range.Weight;
            MaxBytes = Math.Max(MaxBytes, range.Max);
        }
    }

    /// <summary>The longest value, bytes.</summary>
    public int MaxBytes { get; }

    /// <summary>The mean length, bytes.</summary>
    public double MeanBytes
    {
        get
        {
            double sum = 0;
            foreach (Range range in _ranges)
            {
                sum += range.Weight * ((double)range.Min + range.Max) / 2;
            }

            return sum / _totalWeight;
        }
    }

    /// <summary>Always the same length.</summary>
    /// <param name="bytes">0 or more.</param>
    public static ValueSizes Fixed(int bytes) => new([new Range(bytes, bytes, 1)]);

    /// <summary>Reads <c>100</c>, <c>10-1000</c>, or a list with weights as <c>100:90,1000-5000:10</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="sizes">The sizes.</param>
    /// <returns>Whether the text could be read.</returns>
    public static bool TryParse(string text, out ValueSizes sizes)
    {
        sizes = Fixed(0);
        string[] parts = text.Split(',');
        var ranges = new Range[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] sizeAndWeight = parts[i].Split(':');
            string[] bounds = sizeAndWeight[0].Split('-');
            int weight = 1;
            if (sizeAndWeight.Length > 2 || bounds.Length > 2
                || !TryNumber(bounds[0], out int min) || !TryNumber(bounds[^1], out int max) || max < min
                || (sizeAndWeight.Length == 2 && (!TryNumber(sizeAndWeight[1], out weight) || weight is 0 or > 1_000_000)))
            {
                return false;
            }

            ranges[i] = new Range(min, max, (uint)weight);
        }

        sizes = new ValueSizes(ranges);
        return true;
    }

    /// <summary>Draws a length.</summary>
    /// <param name="random">Where the randomness comes from.</param>
    public int Next(SplitMix random)
    {
        int chosen = 0;
        if (_ranges.Length > 1)
        {
            uint at = random.Below(_totalWeight);
            while (at >= _ranges[chosen].Weight)
            {
                at -= _ranges[chosen].Weight;
                chosen++;
            }
        }

        Range range = _ranges[chosen];
        return range.Min == range.Max ? range.Min : range.Min + (int)random.Below((uint)(range.Max - range.Min) + 1);
    }

    /// <summary>Whether a value may have this length.</summary>
    /// <param name="bytes">The length.</param>
    public bool Allows(int bytes) => Array.Exists(_ranges, range => bytes >= range.Min && bytes <= range.Max);

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Join(',', Array.ConvertAll(_ranges, range => range.Text(_ranges.Length > 1)));

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 1 << 30;

    private readonly record struct Range(int Min, int Max, uint Weight)
    {
        public string Text(bool withWeight) => string.Create(
            CultureInfo.InvariantCulture, $"{Min}{(Max > Min ? $"-{Max}" : "")}{(withWeight ? $":{Weight}" : "")}");
    }
}
