namespace AotKv.Http.Metrics;

/// <summary>What a family's values mean.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Times in buckets.</summary>
    Histogram,
}

/// <summary>One value of a family.</summary>
/// <param name="Labels">What tells it from the family's other values.</param>
/// <param name="Value">The value; of a histogram the sum.</param>
internal sealed record MetricPoint(KeyValuePair<string, string>[] Labels, double Value)
{
    /// <summary>Of a histogram: upper bounds, rising, the last one infinite, and how many were not above each.</summary>
    public List<(double Bound, long Count)> Buckets { get; } = [];

    /// <summary>Of a histogram: how many in all.</summary>
    public long Count => Buckets.Count == 0 ? 0 : Buckets[^1].Count;

    public double Value { get; set; } = Value;

    public bool Has(string name, string value) => Array.Exists(Labels, label => label.Key == name && label.Value == value);

    public string Label(string name) => Array.Find(Labels, label => label.Key == name).Value ?? string.Empty;
}

/// <summary>Everything collected of one name.</summary>
/// <param name="Scope">Name of the meter.</param>
/// <param name="Name">Its name, words with dots between.</param>
/// <param name="Unit">UCUM: <c>s</c>, <c>By</c>, <c>1</c>, or a word in braces.</param>
/// <param name="Help">One line that says what it is.</param>
/// <param name="Kind">What its values mean.</param>
/// <param name="IsInteger">Whether its values are whole numbers.</param>
internal sealed record MetricFamily(string Scope, string Name, string Unit, string Help, MetricKind Kind, bool IsInteger)
{
    public List<MetricPoint> Points { get; } = [];
}

/// <summary>All instruments at one moment.</summary>
/// <param name="At">When.</param>
/// <param name="Families">By name.</param>
internal sealed record MetricSnapshot(DateTimeOffset At, SortedDictionary<string, MetricFamily> Families)
{
    /// <summary>The sum of a family's values that have a label; 0 when there are none.</summary>
    public double Sum(string family, string? label = null, string value = "")
    {
        double sum = 0;
        foreach (MetricPoint point in Points(family))
        {
            sum += label == null || point.Has(label, value) ? point.Value : 0;
        }

        return sum;
    }

    public IReadOnlyList<MetricPoint> Points(string family) => Families.TryGetValue(family, out MetricFamily? found) ? found.Points : [];
}
