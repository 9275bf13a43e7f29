using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Measure;

/// <summary>How the requests of an open loop follow each other.</summary>
public enum Arrival
{
    /// <summary>At equal distances.</summary>
    Fixed,

    /// <summary>Independently of each other (exponential distances), as many independent clients would send.</summary>
    Poisson,
}

/// <summary>
/// When each request of an open loop is meant to be sent, whatever has become of the ones before. Latency is counted from
/// that time, so a server (or client) that stalls is charged for every request that should have been sent meanwhile.
/// </summary>
public sealed class ArrivalSchedule
{
    private const int Drawn = 1 << 16;

    private readonly double _gap;
    private readonly double[]? _within; // Poisson: times of the first 65,536 requests; then the same again, shifted
    private readonly double _period;

    /// <summary>Prepares a schedule that begins at time 0.</summary>
    /// <param name="perSecond">Requests per second, above 0.</param>
    /// <param name="arrival">How they follow each other.</param>
    /// <param name="seed">Of the exponential distances.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not above 0.</exception>
    public ArrivalSchedule(double perSecond, Arrival arrival, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(perSecond, 0);
        _gap = 1e9 / perSecond;
        if (arrival == Arrival.Fixed)
        {
            return;
        }

        var random = new SplitMix(seed);
        _within = new double[Drawn];
        double at = 0;
        for (int i = 0; i < Drawn; i++)
        {
            _within[i] = at;
            at -= Math.Log(1 - random.Unit()) * _gap;
        }

        // The draw's own mean is not exactly the rate's: stretch it, so that the rate is met exactly.
        double stretch = Drawn * _gap / at;
        for (int i = 0; i < Drawn; i++)
        {
            _within[i] *= stretch;
        }

        _period = Drawn * _gap;
    }

    /// <summary>The intended time of a request.</summary>
    /// <param name="request">Its number, from 0.</param>
    /// <returns>Nanoseconds after the start.</returns>
    public long Due(long request) => _within is null
        ? (long)(request * _gap)
        : (long)((request / Drawn * _period) + _within[request % Drawn]);
}
