namespace AotKv.Perf.Scenarios;

/// <summary>
/// Draws ranks 1 to N with probability proportional to 1 / rank^theta, in constant time and memory, by rejection-inversion
/// (Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", 1996).
/// </summary>
public sealed class ZipfSampler
{
    private readonly long _count;
    private readonly double _theta;
    private readonly double _areaOfFirst;
    private readonly double _areaOfAll;
    private readonly double _acceptWithin;

    /// <summary>Prepares the distribution.</summary>
    /// <param name="count">How many ranks, at least 1.</param>
    /// <param name="theta">The skew, above 0; 1 is the classic Zipf law.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
    public ZipfSampler(long count, double theta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(theta, 0);
        _count = count;
        _theta = theta;
        _areaOfFirst = Area(1.5) - 1;
        _areaOfAll = Area(count + 0.5);
        _acceptWithin = 2 - InverseArea(Area(2.5) - Height(2));
    }

    /// <summary>Draws a rank.</summary>
    /// <param name="random">Where the randomness comes from.</param>
    /// <returns>1 (the most frequent) to the count.</returns>
    public long Next(SplitMix random)
    {
        while (true)
        {
            double area = _areaOfAll + (random.Unit() * (_areaOfFirst - _areaOfAll));
            double x = InverseArea(area);
            long rank = Math.Clamp((long)(x + 0.5), 1, _count);
            if (rank - x <= _acceptWithin || area >= Area(rank + 0.5) - Height(rank))
            {
                return rank;
            }
        }
    }

    /// <summary>The hat function x^-theta.</summary>
    private double Height(double x) => Math.Exp(-_theta * Math.Log(x));

    /// <summary>The hat's antiderivative, (x^(1-theta) - 1) / (1 - theta), and log x where theta is 1.</summary>
    private double Area(double x)
    {
        double log = Math.Log(x);
        return ExpM1OverX((1 - _theta) * log) * log;
    }

    private double InverseArea(double area)
    {
        double t = Math.Max(area * (1 - _theta), -1);
        return Math.Exp(LogP1OverX(t) * area);
    }

    /// <summary>log(1 + x) / x; near 0 by its series, where the quotient would lose all digits.</summary>
    private static double LogP1OverX(double x) =>
        Math.Abs(x) > 1e-8 ? Math.Log(1 + x) / x : 1 - (x * (0.5 - (x / 3)));

    /// <summary>(exp(x) - 1) / x; near 0 by its series.</summary>
    private static double ExpM1OverX(double x) =>
        Math.Abs(x) > 1e-8 ? (Math.Exp(x) - 1) / x : 1 + (x * 0.5 * (1 + (x / 3)));
}
