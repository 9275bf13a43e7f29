using System.Diagnostics.Metrics;
using System.Globalization;

namespace AotKv.Http.Metrics;

/// <summary>
/// Asks instruments for their values when somebody wants them. Meters are told apart by their scope: an object they were made with, here
/// the store or the door, so that several servers of one process do not mix.
/// </summary>
/// <remarks>
/// The framework's histograms are told of every single value, which is too much for a loop's turn. So who counts times in buckets of its
/// own has two counters instead: <c>NAME.bucket</c>, which has the upper bounds in seconds as its label <c>le</c>, and <c>NAME.sum</c>. They
/// become one histogram here.
/// </remarks>
internal sealed class MetricCollector : IDisposable
{
    private const string BucketSuffix = ".bucket";
    private const string SumSuffix = ".sum";

    private readonly Lock _lock = new();
    private readonly List<MeterListener> _listeners = []; // _lock
    private SortedDictionary<string, MetricFamily> _families = []; // _lock

    /// <summary>When collecting began: what counters count from.</summary>
    public DateTimeOffset Started { get; } = DateTimeOffset.UtcNow;

    /// <summary>From now on, meters of a scope are asked.</summary>
    public void Listen(object scope)
    {
        MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, scope))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags, isInteger: true));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags, isInteger: false));
        lock (_lock)
        {
            _listeners.Add(listener);
        }

        listener.Start();
    }

    /// <summary>Asks all instruments.</summary>
    public MetricSnapshot Collect()
    {
        lock (_lock)
        {
            _families = new(StringComparer.Ordinal);
            foreach (MeterListener listener in _listeners)
            {
                listener.RecordObservableInstruments();
            }

            return new(DateTimeOffset.UtcNow, _families);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (MeterListener listener in _listeners)
            {
                listener.Dispose();
            }

            _listeners.Clear();
        }
    }

    /// <summary>A value; called while collecting, under the lock.</summary>
    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool isInteger)
    {
        bool isBucket = instrument.Name.EndsWith(BucketSuffix, StringComparison.Ordinal);
        bool isSum = instrument.Name.EndsWith(SumSuffix, StringComparison.Ordinal);
        string name = isBucket ? instrument.Name[..^BucketSuffix.Length] : isSum ? instrument.Name[..^SumSuffix.Length] : instrument.Name;
        MetricKind kind = isBucket || isSum ? MetricKind.Histogram
            : instrument is ObservableCounter<long> or ObservableCounter<double> ? MetricKind.Counter : MetricKind.Gauge;
        if (!_families.TryGetValue(name, out MetricFamily? family))
        {
            family = new(instrument.Meter.Name, name, instrument.Unit ?? string.Empty, instrument.Description ?? string.Empty, kind, isInteger);
            _families.Add(name, family);
        }

        double bound = 0;
        List<KeyValuePair<string, string>> labels = [];
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (isBucket && tag.Key == "le")
            {
                bound = (double)tag.Value!;
            }
            else
            {
                labels.Add(new(tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? string.Empty));
            }
        }

        if (kind != MetricKind.Histogram)
        {
            family.Points.Add(new([.. labels], value));
            return;
        }

        MetricPoint? point = family.Points.Find(other => other.Labels.AsSpan().SequenceEqual(labels.ToArray()));
        if (point == null)
        {
            point = new([.. labels], 0);
            family.Points.Add(point);
        }

        if (isBucket)
        {
            point.Buckets.Add((bound, (long)value));
        }
        else
        {
            point.Value = value;
        }
    }
}
