using System.Globalization;
using System.Text;

namespace AotKv.Engine.Tests;

/// <summary>Does random operations on a store and the same, slowly, on a dictionary, and compares every outcome.</summary>
internal sealed class ModelRunner
{
    private readonly Dictionary<string, Entry> _model = [];
    private readonly Random _random;
    private readonly int _keys;
    private readonly string _label;
    private int _step;

    public ModelRunner(int seed, int keys, int largestValue = 40_000)
    {
        _random = new Random(seed);
        _keys = keys;
        LargestValue = largestValue;
        _label = $"seed {seed}";
    }

    public int LargestValue { get; }

    public Random Random => _random;

    private string Where => $"{_label} step {_step}";

    public void Run(StoreDriver store, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            _step++;
            Step(store);
        }
    }

    /// <summary>Compares everything, counts included.</summary>
    public void CheckWhole(StoreDriver store)
    {
        long live = 0;
        foreach ((string key, Entry item) in _model)
        {
            bool visible = item.Expiry == 0 || item.Expiry > store.Clock.Milliseconds;
            StoreDriver.Seen? seen = store.Get(key);
            Assert.True(visible == (seen != null), $"{Where}: {key} expected present {visible}");
            live += visible ? 1 : 0;
            if (visible)
            {
                CheckSame(key, item, seen!);
            }
        }

        for (int i = 0; i < _keys; i++)
        {
            string key = KeyOf(i);
            Assert.True(_model.ContainsKey(key) || store.Get(key) == null, $"{Where}: {key} came back");
        }

        Assert.Equal(live, store.Store.Statistics().Items);
    }

    private static string KeyOf(int i) => "key" + i.ToString(CultureInfo.InvariantCulture);

    private static StoreStatus Expected(StoreMode mode, bool has, ulong? compare, ulong revision)
    {
        if (!has)
        {
            return compare.HasValue ? StoreStatus.NotFound : mode is StoreMode.Set or StoreMode.Add ? StoreStatus.Ok : StoreStatus.NotStored;
        }

        if (compare.HasValue && compare != revision)
        {
            return StoreStatus.Exists;
        }

        return mode == StoreMode.Add && !compare.HasValue ? StoreStatus.NotStored : StoreStatus.Ok;
    }

    private void Step(StoreDriver store)
    {
        string key = KeyOf(_random.Next(_keys));
        if (_model.TryGetValue(key, out Entry present) && present.Expiry != 0 && present.Expiry <= store.Clock.Milliseconds)
        {
            _model.Remove(key);
        }

        bool has = _model.TryGetValue(key, out present);
        switch (_random.Next(12))
        {
            case 0 or 1 or 2 or 3:
                Put(store, key, has, present);
                break;
            case 4:
                StoreStatus deleted = store.Delete(key).Status;
                Assert.True((has ? StoreStatus.Ok : StoreStatus.NotFound) == deleted, $"{Where}: delete of {key} gave {deleted}");
                _model.Remove(key);
                break;
            case 5:
                long touched = _random.Next(2) == 0 ? 0 : store.Clock.InMilliseconds(_random.Next(1, 5000));
                StoreStatus status = store.Touch(key, touched).Status;
                Assert.True((has ? StoreStatus.Ok : StoreStatus.NotFound) == status, $"{Where}: touch of {key} gave {status}");
                if (has)
                {
                    _model[key] = present with { Expiry = touched };
                }

                break;
            case 6:
                Count(store, key, has, present);
                break;
            case 7 when _random.Next(50) == 0:
                store.Clock.Advance(TimeSpan.FromMilliseconds(_random.Next(1000)));
                break;
            case 8 when _random.Next(4000) == 0:
                Assert.True(store.Store.Flush());
                _model.Clear();
                break;
            default:
                StoreDriver.Seen? seen = store.Get(key);
                Assert.True(has == (seen != null), $"{Where}: {key} expected present {has}");
                if (has)
                {
                    CheckSame(key, present, seen!);
                }

                break;
        }
    }

    private void CheckSame(string key, Entry item, StoreDriver.Seen seen)
    {
        Assert.True(item.Value.AsSpan().SequenceEqual(seen.Value), $"{Where}: {key} has another value");
        Assert.True(
            (item.Flags, item.Expiry, item.Revision) == (seen.Flags, seen.Expiry, seen.Revision),
            $"{Where}: {key} expected {(item.Flags, item.Expiry, item.Revision)}, is {(seen.Flags, seen.Expiry, seen.Revision)}");
    }

    private void Put(StoreDriver store, string key, bool has, Entry present)
    {
        var mode = (StoreMode)_random.Next(5);
        byte[] value = new byte[_random.Next(100) == 0 ? _random.Next(LargestValue) : _random.Next(200)];
        _random.NextBytes(value);
        if (_random.Next(3) == 0)
        {
            value = Encoding.ASCII.GetBytes(_random.NextInt64(1_000_000).ToString(CultureInfo.InvariantCulture));
        }

        uint flags = _random.Next(2) == 0 ? 0 : (uint)_random.Next();
        long expiry = _random.Next(3) == 0 ? store.Clock.InMilliseconds(_random.Next(-10, 5000)) : 0;
        ulong? compare = _random.Next(6) == 0 && mode is StoreMode.Set or StoreMode.Replace
            ? (_random.Next(2) == 0 && has ? present.Revision : 12345)
            : null;
        Outcome put = store.Put(StoreDriver.Bytes(key), value, mode, flags, expiry, compare);
        StoreStatus expected = Expected(mode, has, compare, present.Revision);
        Assert.True(expected == put.Status, $"{Where}: {mode} of {key} gave {put.Status}, not {expected}");
        if (put.Status == StoreStatus.Ok)
        {
            _model[key] = mode switch
            {
                StoreMode.Append => new Entry([.. present.Value, .. value], present.Flags, present.Expiry, put.Revision),
                StoreMode.Prepend => new Entry([.. value, .. present.Value], present.Flags, present.Expiry, put.Revision),
                _ => new Entry(value, flags, expiry, put.Revision),
            };
            if (_model[key].Value.Length > LargestValue)
            {
                Assert.Equal(StoreStatus.Ok, store.Delete(key).Status);
                _model.Remove(key);
            }
        }
    }

    private void Count(StoreDriver store, string key, bool has, Entry present)
    {
        ulong delta = (ulong)_random.Next(2000);
        bool decrement = _random.Next(2) == 0;
        Outcome outcome = store.Count(key, delta, decrement);
        if (!has)
        {
            Assert.Equal(StoreStatus.NotFound, outcome.Status);
            return;
        }

        string text = Encoding.Latin1.GetString(present.Value).TrimEnd(' ');
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            // Bytes with blanks among them may still be a number: the operation tests say which are. Take over what it did.
            if (outcome.Status == StoreStatus.Ok)
            {
                _model[key] = present with { Value = store.Get(key)!.Value, Revision = outcome.Revision };
            }

            return;
        }

        number = decrement ? (number > delta ? number - delta : 0) : unchecked(number + delta);
        Assert.Equal((StoreStatus.Ok, number), (outcome.Status, outcome.Number));
        string written = number.ToString(CultureInfo.InvariantCulture).PadRight(present.Value.Length);
        _model[key] = present with { Value = Encoding.ASCII.GetBytes(written), Revision = outcome.Revision };
    }

    private readonly record struct Entry(byte[] Value, uint Flags, long Expiry, ulong Revision);
}
