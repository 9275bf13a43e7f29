using AotKv.Perf.Compare;
using AotKv.Perf.Driver;
using AotKv.Perf.Measure;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Tests;

public sealed class CompareTests
{
    private static readonly ServerSpec Peer = new MemcachedSpec("peer", "/nowhere/peer");
    private static readonly ServerSpec Own = new MemcachedSpec(ServerSpec.OwnName, "/nowhere/own");

    [Fact]
    public void Cases_have_names_of_their_own()
    {
        HashSet<string> names = [];
        Assert.All(CompareCases.All, line => Assert.True(names.Add(line.Name), $"two cases are called {line.Name}"));
    }

    [Fact]
    public void Cases_belong_to_suites_that_exist_and_no_suite_is_empty()
    {
        Assert.All(CompareCases.All, line => Assert.All(line.Suites, name => Assert.Contains(CompareCases.Suites, suite => suite.Name == name)));
        Assert.All(CompareCases.Suites, suite => Assert.Contains(CompareCases.All, line => line.Suites.Contains(suite.Name)));
    }

    [Fact]
    public void Cases_with_an_open_loop_name_the_closed_one_before_them()
    {
        HashSet<string> before = [];
        foreach (CompareCase line in CompareCases.All)
        {
            if (line.PeakShare > 0)
            {
                Assert.Contains(line.PeakName, before);
            }

            before.Add(line.Name);
        }
    }

    [Fact]
    public void Ratio_is_of_the_medians_between_the_ratios_of_the_rounds()
    {
        CompareResults results = Results();
        Spread ratio = results.Ratio(CompareCases.All[0], Own, Peer, run => run.ServerNanosecondsPerRequest);
        Assert.Equal(0.5, ratio.Median, 1e-9); // 2000 / 4000
        Assert.Equal(0.25, ratio.Min, 1e-9);   // 1000 / 4000
        Assert.Equal(1.5, ratio.Max, 1e-9);    // 3000 / 2000
    }

    [Fact]
    public void Reports_hold_every_case_and_server()
    {
        CompareOptions options = new()
        {
            Servers = [Peer, Own],
            Cases = [CompareCases.All[0]],
            Rounds = 3,
            Seconds = 1,
            WarmUpSeconds = 0,
            ServerCore = -1,
            ClientCore = -1,
            PatienceSeconds = 0,
            LimitMinutes = 60,
            Output = "",
            Command = "",
        };
        string table = CompareReport.Table(options, Results()).ToText();
        Assert.Contains("peer", table, StringComparison.Ordinal);
        Assert.Contains("1.00..3.00", table, StringComparison.Ordinal); // own CPU in microseconds
        Assert.Equal(1 + (3 * 2), CompareReport.Rounds(options, Results()).ToCsv().TrimEnd('\n').Split('\n').Length);
        string svg = CompareChart.Svg(options, Results());
        Assert.Equal("svg", System.Xml.Linq.XDocument.Parse(svg).Root?.Name.LocalName);
        Assert.Contains("0.50 (2.00 us)", svg, StringComparison.Ordinal);
    }

    private static CompareResults Results()
    {
        var results = new CompareResults();
        foreach ((long peer, long own) in new[] { (4000L, 1000L), (2000L, 3000L), (5000L, 2000L) })
        {
            results.Add(CompareCases.All[0], Peer, Run(peer));
            results.Add(CompareCases.All[0], Own, Run(own));
        }

        return results;
    }

    private static LoadResult Run(long nanosecondsPerRequest) => new()
    {
        Seconds = 1,
        Requests = 100,
        Tally = new Tally(),
        Latency = new LatencyHistogram(),
        SendLag = new LatencyHistogram(),
        ServerCpuNanoseconds = 100 * nanosecondsPerRequest,
    };
}
