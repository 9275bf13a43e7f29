namespace AotKv.Engine.Measure;

/// <summary>
/// The slowest requests of the last minutes: the slowest of a period of five minutes and of the one before. Most requests pass it with
/// one comparison.
/// </summary>
public sealed class SlowList
{
    /// <summary>How many are kept of a period.</summary>
    public const int Capacity = 16;

    private const long PeriodMilliseconds = 5 * 60 * 1000;

    private readonly Lock _lock = new();
    private List<SlowRequest> _now = []; // _lock; slowest first
    private List<SlowRequest> _before = []; // _lock
    private long _periodEnds; // _lock
    private long _floor;

    /// <summary>What is not slower than this, nanoseconds, is not worth being added. Any thread.</summary>
    public long FloorNanoseconds => Volatile.Read(ref _floor);

    /// <summary>Adds one, when it is among the slowest. Any thread.</summary>
    /// <param name="request">What took long.</param>
    public void Add(SlowRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_lock)
        {
            Turn(request.AtMilliseconds);
            int at = _now.FindIndex(other => other.Nanoseconds < request.Nanoseconds);
            _now.Insert(at < 0 ? _now.Count : at, request);
            if (_now.Count > Capacity)
            {
                _now.RemoveAt(Capacity);
            }

            Volatile.Write(ref _floor, _now.Count < Capacity ? 0 : _now[^1].Nanoseconds);
        }
    }

    /// <summary>The slowest, slowest first; at most twice <see cref="Capacity"/>. Any thread.</summary>
    /// <param name="nowMilliseconds">The time, milliseconds since 1970.</param>
    public IReadOnlyList<SlowRequest> List(long nowMilliseconds)
    {
        lock (_lock)
        {
            Turn(nowMilliseconds);
            List<SlowRequest> all = [.. _now, .. _before];
            all.Sort((left, right) => right.Nanoseconds.CompareTo(left.Nanoseconds));
            return all;
        }
    }

    private void Turn(long nowMilliseconds)
    {
        if (nowMilliseconds < _periodEnds)
        {
            return;
        }

        _before = nowMilliseconds < _periodEnds + PeriodMilliseconds ? _now : [];
        _now = [];
        _periodEnds = nowMilliseconds + PeriodMilliseconds;
        Volatile.Write(ref _floor, 0);
    }
}
