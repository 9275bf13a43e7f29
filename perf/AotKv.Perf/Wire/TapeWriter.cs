using System.Buffers.Text;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Wire;

/// <summary>Fills tapes.</summary>
public sealed class TapeWriter
{
    private const int MinRequests = 256;
    private const int MaxRequests = 4_000_000;
    private const long SmallBudget = 16L << 20;
    private const long LargeBudget = 192L << 20;
    private const long MaxBytes = 4000L << 20;

    private readonly IRequestEncoder _encoder;
    private readonly Scenario _scenario;
    private readonly ValuePool _values;
    private readonly byte[] _keyBytes;
    private readonly uint[] _keys = new uint[Step.MaxKeys];
    private readonly byte[] _number = new byte[20];

    /// <summary>Prepares to encode a scenario.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="encoder">The protocol.</param>
    public TapeWriter(Scenario scenario, IRequestEncoder encoder)
    {
        _scenario = scenario;
        _encoder = encoder;
        _values = new ValuePool(scenario.Values.MaxBytes);
        _keyBytes = new byte[Step.MaxKeys * scenario.Keys.SizeBytes];
    }

    /// <summary>
    /// Encodes a run of requests in the scenario's shares. Its length is a compromise: twice the number of keys, so that most
    /// keys come up, but, while the keys fit the processor's last cache, no more bytes than leave that cache to the server;
    /// and at least 256 requests, however large.
    /// </summary>
    /// <param name="seed">The same seed gives the same tape.</param>
    public Tape Write(ulong seed)
    {
        int keysPerRequest = KeysPerRequest;
        int largest = LargestRequest;
        long budget = _scenario.Keys.Count > 1_000_000 ? LargeBudget : SmallBudget;
        budget = Math.Min(MaxBytes, Math.Max(budget, (long)MinRequests * largest));
        int requests = (int)Math.Clamp(2L * _scenario.Keys.Count / keysPerRequest, 1 << 14, MaxRequests);
        var tape = new Tape(_scenario, _values, requests, Math.Min(requests * keysPerRequest, 2 * MaxRequests), budget);
        var random = new SplitMix(seed);
        var sampler = new KeySampler(_scenario.Keys);
        uint totalWeight = _scenario.TotalWeight;
        while (tape.Fits(keysPerRequest, largest))
        {
            Step step = _scenario.Next(random, totalWeight);
            for (int i = 0; i < step.Keys; i++)
            {
                _keys[i] = sampler.Next(random);
            }

            Append(tape, step.Kind, _keys.AsSpan(0, step.Keys), random);
        }

        return tape;
    }

    /// <summary>Bytes of the largest request of the scenario.</summary>
    public int LargestRequest => _encoder.MaxBytes(KeysPerRequest, _scenario.Keys.SizeBytes, _scenario.Values.MaxBytes);

    /// <summary>A tape for <see cref="WriteOne"/> and <see cref="WriteSet"/>.</summary>
    public Tape EmptyForOne() => new(_scenario, _values, 1, KeysPerRequest, LargestRequest);

    /// <summary>Makes a tape hold one request.</summary>
    /// <param name="tape">A tape of <see cref="EmptyForOne"/>.</param>
    /// <param name="step">What the request does.</param>
    /// <param name="random">Where the keys and sizes come from.</param>
    /// <param name="sampler">Draws the keys.</param>
    public void WriteOne(Tape tape, Step step, SplitMix random, KeySampler sampler)
    {
        tape.Clear();
        for (int i = 0; i < step.Keys; i++)
        {
            _keys[i] = sampler.Next(random);
        }

        Append(tape, step.Kind, _keys.AsSpan(0, step.Keys), random);
    }

    /// <summary>Makes a tape hold a set of one key.</summary>
    /// <param name="tape">A tape of <see cref="EmptyForOne"/>.</param>
    /// <param name="key">The key.</param>
    /// <param name="random">Where the size comes from.</param>
    public void WriteSet(Tape tape, uint key, SplitMix random)
    {
        tape.Clear();
        _keys[0] = key;
        Append(tape, StepKind.Set, _keys.AsSpan(0, 1), random);
    }

    /// <summary>A tape that <see cref="WriteSets"/> fills.</summary>
    public Tape EmptyForSets()
    {
        int largest = _encoder.MaxBytes(1, _scenario.Keys.SizeBytes, _scenario.Values.MaxBytes);
        return new Tape(_scenario, _values, 4096, 4096, Math.Max(1 << 20, 4L * largest));
    }

    /// <summary>Fills a tape with sets of keys in rising order.</summary>
    /// <param name="tape">A tape of <see cref="EmptyForSets"/>; what it held is dropped.</param>
    /// <param name="firstKey">The first key.</param>
    /// <returns>The key behind the last one that fitted or exists.</returns>
    public uint WriteSets(Tape tape, uint firstKey)
    {
        tape.Clear();
        int largest = _encoder.MaxBytes(1, _scenario.Keys.SizeBytes, _scenario.Values.MaxBytes);
        var random = new SplitMix(firstKey);
        uint key = firstKey;
        while (key < _scenario.Keys.Count && tape.Fits(1, largest))
        {
            _keys[0] = key++;
            Append(tape, StepKind.Set, _keys.AsSpan(0, 1), random);
        }

        return key;
    }

    private int KeysPerRequest => _scenario.Steps.Max(step => step.Keys);

    private void Append(Tape tape, StepKind kind, ReadOnlySpan<uint> keys, SplitMix random)
    {
        int size = _scenario.Keys.SizeBytes;
        Span<byte> keyBytes = _keyBytes.AsSpan(0, keys.Length * size);
        for (int i = 0; i < keys.Length; i++)
        {
            KeySpace.Write(keys[i], keyBytes.Slice(i * size, size));
        }

        Span<byte> room = tape.Room;
        int written = kind switch
        {
            StepKind.Get => _encoder.Get(room, keyBytes, size),
            StepKind.Set => _encoder.Set(room, keyBytes, Value(keys[0], random), _scenario.ClientFlags, _scenario.TtlSeconds),
            StepKind.Delete => _encoder.Delete(room, keyBytes),
            StepKind.Increment => _encoder.Increment(room, keyBytes),
            StepKind.Touch => _encoder.Touch(room, keyBytes, _scenario.TtlSeconds),
            StepKind.GetAndTouch => _encoder.GetAndTouch(room, keyBytes, _scenario.TtlSeconds),
            _ => throw new NotSupportedException($"no encoding of {kind}"),
        };
        tape.Append(kind, keys, written);
    }

    private ReadOnlySpan<byte> Value(uint key, SplitMix random)
    {
        if (_scenario.NumericValues)
        {
            Utf8Formatter.TryFormat(key, _number, out int digits);
            return _number.AsSpan(0, digits);
        }

        return _values.Slice(key, 0, _scenario.Values.Next(random));
    }
}
