using AotKv.Perf.Cli;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Tests;

public sealed class OptionTests
{
    [Theory]
    [InlineData("100", 100, 100.0)]
    [InlineData("10-1000", 1000, 505.0)]
    [InlineData("100:90,1000:10", 1000, 190.0)]
    [InlineData("0", 0, 0.0)]
    public void TryParse_of_value_sizes_reads_what_it_prints(string text, int max, double mean)
    {
        Assert.True(ValueSizes.TryParse(text, out ValueSizes sizes));
        Assert.Equal(max, sizes.MaxBytes);
        Assert.Equal(mean, sizes.MeanBytes, 0.001);
        Assert.Equal(text, sizes.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("10-5")]
    [InlineData("-5")]
    [InlineData("1-2-3")]
    [InlineData("100:0")]
    [InlineData("100:1:1")]
    [InlineData("100,")]
    [InlineData("99999999999")]
    public void TryParse_of_bad_value_sizes_says_no(string text) => Assert.False(ValueSizes.TryParse(text, out _));

    [Fact]
    public void Next_of_weighted_sizes_gives_their_shares()
    {
        Assert.True(ValueSizes.TryParse("10:90,1000-2000:10", out ValueSizes sizes));
        var random = new SplitMix(8);
        int small = 0;
        for (int i = 0; i < 100_000; i++)
        {
            int size = sizes.Next(random);
            Assert.True(sizes.Allows(size), $"{size}");
            small += size == 10 ? 1 : 0;
        }

        Assert.InRange(small, 89_400, 90_600);
        Assert.False(sizes.Allows(11));
        Assert.False(sizes.Allows(2001));
    }

    [Theory]
    [InlineData("get:90,set:10")]
    [InlineData("get*100:1")]
    [InlineData("gat:70,touch:5,set:20,delete:5,incr:1")]
    public void TryParse_of_steps_reads_what_it_prints(string text)
    {
        Assert.True(Step.TryParse(text, out Step[] steps));
        Assert.Equal(text, string.Join(',', steps.AsEnumerable()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("fetch:1")]
    [InlineData("get:0")]
    [InlineData("get*0:1")]
    [InlineData("get*1001:1")]
    [InlineData("set*2:1")]
    [InlineData("get:1:1")]
    public void TryParse_of_bad_steps_says_no(string text) => Assert.False(Step.TryParse(text, out _));

    [Fact]
    public void ArgumentReader_reads_values_in_both_forms_and_switches()
    {
        var reader = new ArgumentReader(["--rate", "5", "--name=x", "--fast"]);
        Assert.Equal(5, reader.Integer("rate", 1, 0, 10));
        Assert.Equal("x", reader.Text("name"));
        Assert.True(reader.Switch("fast"));
        Assert.False(reader.Switch("slow"));
        Assert.Equal(2.5, reader.Number("other", 2.5, 0, 10));
        reader.End();
    }

    [Fact]
    public void ArgumentReader_refuses_what_it_does_not_know()
    {
        var reader = new ArgumentReader(["--what"]);
        Assert.Contains("--what", Assert.Throws<UsageException>(reader.End).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => new ArgumentReader(["what"]));
        Assert.Throws<UsageException>(() => new ArgumentReader(["--n", "11"]).Integer("n", 1, 0, 10));
        Assert.Throws<UsageException>(() => new ArgumentReader(["--n"]).Integer("n", 1, 0, 10));
        Assert.Throws<UsageException>(() => new ArgumentReader(["--fast=1"]).Switch("fast"));
    }

    [Theory]
    [InlineData("127.0.0.1:11211", "127.0.0.1:11211")]
    [InlineData("[::1]:11211", "[::1]:11211")]
    [InlineData("unix:/tmp/x.sock", "unix:/tmp/x.sock")]
    public void Target_reads_addresses(string text, string printed) => Assert.Equal(printed, Target.Parse(text)?.ToString());

    [Theory]
    [InlineData("11211")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:70000")]
    public void Target_refuses_what_is_no_address(string text) => Assert.Null(Target.Parse(text));

    [Fact]
    public void Spread_of_rounds_is_their_median_and_ends()
    {
        Assert.Equal(new Spread(2, 1, 9), Spread.Of([9, 1, 2]));
        Assert.Equal(new Spread(2.5, 1, 4), Spread.Of([4, 1, 2, 3]));
    }

    [Fact]
    public void TextTable_quotes_commas_in_csv_and_aligns_text()
    {
        var table = new TextTable("<name", "count");
        table.Add("a,b", "7");
        Assert.Equal("name,count\n\"a,b\",7\n", table.ToCsv());
        Assert.Equal("name  count\n----  -----\na,b       7\n", table.ToText());
        Assert.Equal("| name | count |\n|---|---:|\n| a,b | 7 |\n", table.ToMarkdown());
    }
}
