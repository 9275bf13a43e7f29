using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AotKv.Http.Tests.Metrics;

/// <summary>
/// Reads Prometheus' text format, version 0.0.4, written from the format's description: everything that is not allowed fails the test.
/// </summary>
internal sealed partial class PrometheusReader
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    /// <summary>Every value by its name and labels, labels sorted: <c>name{a="b",c="d"}</c>.</summary>
    public Dictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Types => _types;

    public double this[string series] => Values.TryGetValue(series, out double value)
        ? value
        : throw new Xunit.Sdk.XunitException($"no {series} among:\n{string.Join('\n', Values.Keys)}");

    public static PrometheusReader Read(string text)
    {
        PrometheusReader reader = new();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        string family = "";
        string? help = null;
        foreach (string line in text[..^1].Split('\n'))
        {
            Assert.NotEqual("", line);
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                Match match = HelpLine().Match(line);
                Assert.True(match.Success, line);
                help = match.Groups["name"].Value;
            }
            else if (line.StartsWith('#'))
            {
                Match match = TypeLine().Match(line);
                Assert.True(match.Success, line);
                family = match.Groups["name"].Value;
                Assert.Equal(family, help);
                Assert.True(reader._types.TryAdd(family, match.Groups["type"].Value), $"{family} comes twice: its lines must stand together");
            }
            else
            {
                reader.ReadValue(line, family);
            }
        }

        reader.CheckHistograms();
        return reader;
    }

    private void ReadValue(string line, string family)
    {
        Match match = ValueLine().Match(line);
        Assert.True(match.Success, line);
        string name = match.Groups["name"].Value;
        string type = _types[family];
        string[] suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""];
        Assert.Contains(name, suffixes.Select(suffix => family + suffix));
        Assert.Equal(type == "counter", name.EndsWith("_total", StringComparison.Ordinal));

        List<(string Name, string Value)> labels = [];
        string rest = match.Groups["labels"].Value;
        while (rest.Length > 0)
        {
            Match label = Label().Match(rest);
            Assert.True(label.Success, line);
            labels.Add((label.Groups["name"].Value, Unescape(label.Groups["value"].Value)));
            rest = rest[label.Length..];
        }

        Assert.Equal(labels.Count, labels.Select(label => label.Name).Distinct().Count());
        Assert.All(labels, label => Assert.False(label.Name.StartsWith("__", StringComparison.Ordinal)));
        Assert.Equal(name.EndsWith("_bucket", StringComparison.Ordinal), labels.Exists(label => label.Name == "le"));
        string number = match.Groups["value"].Value;
        double value = number switch { "+Inf" => double.PositiveInfinity, _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture) };
        Assert.True(type == "gauge" || value >= 0, line);
        Assert.True(Values.TryAdd(Series(name, labels), value), $"twice: {line}");
    }

    private void CheckHistograms()
    {
        foreach (string family in _types.Where(type => type.Value == "histogram").Select(type => type.Key))
        {
            var buckets = Values.Where(value => value.Key.StartsWith(family + "_bucket{", StringComparison.Ordinal)).ToList();
            foreach (var histogram in buckets.GroupBy(bucket => Bound().Replace(bucket.Key, "")))
            {
                var rising = histogram.Select(bucket => (Le: Bound().Match(bucket.Key).Groups["bound"].Value, Count: bucket.Value))
                    .Select(bucket => (Le: bucket.Le == "+Inf" ? double.PositiveInfinity : double.Parse(bucket.Le, CultureInfo.InvariantCulture), bucket.Count))
                    .ToList();
                Assert.Equal(rising.Select(bucket => bucket.Le).Order(), rising.Select(bucket => bucket.Le));
                Assert.Equal(rising.Select(bucket => bucket.Count).Order(), rising.Select(bucket => bucket.Count));
                Assert.Equal(double.PositiveInfinity, rising[^1].Le);
                string others = histogram.Key[(family.Length + "_bucket".Length)..].Replace("{}", "", StringComparison.Ordinal).Replace(",}", "}", StringComparison.Ordinal);
                Assert.Equal(rising[^1].Count, this[family + "_count" + others]);
                Assert.True(Values.ContainsKey(family + "_sum" + others));
            }
        }
    }

    private static string Series(string name, List<(string Name, string Value)> labels) =>
        labels.Count == 0 ? name : $"{name}{{{string.Join(',', labels.OrderBy(label => label.Name == "le").ThenBy(label => label.Name, StringComparer.Ordinal).Select(label => $"{label.Name}=\"{label.Value}\""))}}}";

    private static string Unescape(string value)
    {
        StringBuilder text = new();
        for (int i = 0; i < value.Length; i++)
        {
            text.Append(value[i] != '\\' ? value[i] : value[++i] == 'n' ? '\n' : value[i]);
        }

        return text.ToString();
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>([^\\\n]|\\\\|\\n)+)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.+)\})? (?<value>\S+)$")]
    private static partial Regex ValueLine();

    [GeneratedRegex("^(?<name>[a-zA-Z_][a-zA-Z0-9_]*)=\"(?<value>([^\\\\\"\\n]|\\\\\\\\|\\\\\"|\\\\n)*)\"(,(?=.)|$)")]
    private static partial Regex Label();

    [GeneratedRegex("(?<=[{,])le=\"(?<bound>[^\"]*)\"")]
    private static partial Regex Bound();
}
