using System.Globalization;

namespace AotKv.Perf.Scenarios;

/// <summary>Which key a request takes.</summary>
public enum KeyDistribution
{
    /// <summary>Each key equally often.</summary>
    Uniform,

    /// <summary>
    /// The k-th most popular key with probability proportional to 1 / k^theta; the popular ones are scattered over the key space.
    /// </summary>
    Zipf,

    /// <summary>One after the other, from the first again after the last.</summary>
    Sequential,
}

/// <summary>The keys of a scenario. Key number i is <c>k</c>, zeros, and i in hexadecimal, <see cref="SizeBytes"/> long.</summary>
public sealed record KeySpace
{
    /// <summary>The smallest key that can hold every number.</summary>
    public const int MinSizeBytes = 9;

    /// <summary>memcached's longest key.</summary>
    public const int MaxSizeBytes = 250;

    /// <summary>How many keys, 1 to 2^32 - 1.</summary>
    public uint Count { get; init; } = 100_000;

    /// <summary>Length of a key, <see cref="MinSizeBytes"/> to <see cref="MaxSizeBytes"/>.</summary>
    public int SizeBytes { get; init; } = 16;

    /// <summary>Which key a request takes.</summary>
    public KeyDistribution Distribution { get; init; } = KeyDistribution.Uniform;

    /// <summary>The skew of <see cref="KeyDistribution.Zipf"/>.</summary>
    public double Theta { get; init; } = 0.99;

    /// <summary>Writes the key of a number.</summary>
    /// <param name="number">0 to <see cref="Count"/> - 1.</param>
    /// <param name="destination">Exactly <see cref="SizeBytes"/> bytes.</param>
    public static void Write(uint number, Span<byte> destination)
    {
        for (int i = destination.Length - 1; i > 0; i--)
        {
            destination[i] = "0123456789abcdef"u8[(int)(number & 15)];
            number >>= 4;
        }

        destination[0] = (byte)'k';
    }

    /// <summary>In words, for reports.</summary>
    public override string ToString()
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        bool zipf = Distribution == KeyDistribution.Zipf;
        string distribution = zipf ? string.Create(plain, $"zipf {Theta}") : Distribution.ToString().ToLowerInvariant();
        return string.Create(plain, $"{Count:N0} keys of {SizeBytes} bytes, {distribution}");
    }
}
