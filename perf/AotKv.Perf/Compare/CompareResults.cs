using AotKv.Perf.Driver;
using AotKv.Perf.Measure;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Compare;

/// <summary>What was measured, by case, server and round.</summary>
internal sealed class CompareResults
{
    private readonly Dictionary<(string Case, string Server), List<LoadResult>> _runs = [];

    /// <summary>Keeps a measurement.</summary>
    public void Add(CompareCase line, ServerSpec server, LoadResult result)
    {
        if (!_runs.TryGetValue((line.Name, server.Name), out List<LoadResult>? runs))
        {
            _runs.Add((line.Name, server.Name), runs = []);
        }

        runs.Add(result);
    }

    /// <summary>The rounds of a case and server, in order; empty when there are none.</summary>
    public IReadOnlyList<LoadResult> Rounds(CompareCase line, ServerSpec server) => Rounds(line.Name, server);

    /// <summary>The rounds of a case and server, in order; empty when there are none.</summary>
    public IReadOnlyList<LoadResult> Rounds(string line, ServerSpec server) =>
        _runs.TryGetValue((line, server.Name), out List<LoadResult>? runs) ? runs : [];

    /// <summary>A figure over the rounds.</summary>
    public Spread Of(CompareCase line, ServerSpec server, Func<LoadResult, double> figure)
    {
        IReadOnlyList<LoadResult> rounds = Rounds(line, server);
        double[] values = new double[rounds.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = figure(rounds[i]);
        }

        return values.Length == 0 ? default : Spread.Of(values);
    }

    /// <summary>
    /// A figure of one server over the same figure of another: the ratio of the medians, between the smallest and the largest
    /// ratio of any single round (both measured within seconds of each other). Not a number when one of them has none.
    /// </summary>
    public Spread Ratio(CompareCase line, ServerSpec server, ServerSpec other, Func<LoadResult, double> figure)
    {
        IReadOnlyList<LoadResult> mine = Rounds(line, server);
        IReadOnlyList<LoadResult> theirs = Rounds(line, other);
        double[] ratios = new double[Math.Min(mine.Count, theirs.Count)];
        for (int i = 0; i < ratios.Length; i++)
        {
            ratios[i] = figure(mine[i]) / figure(theirs[i]);
        }

        return ratios.Length == 0
            ? new Spread(double.NaN, double.NaN, double.NaN)
            : Spread.Of(ratios) with { Median = Of(line, server, figure).Median / Of(line, other, figure).Median };
    }
}
