using System.Globalization;
using System.Text;

namespace AotKv.Engine.Tests;

/// <summary>Long random sequences of operations against a dictionary that does the same slowly.</summary>
public sealed class StoreModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_operations_agree_with_a_model(int seed)
    {
        var random = new Random(seed);
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 8 << 20, MaxItemBytes = 1 << 20, EvictionDisabled = true });
        var model = new Dictionary<string, (byte[] Value, uint Flags, long Expiry, ulong Revision)>();
        for (int step = 0; step < 60_000; step++)
        {
            string key = "key" + random.Next(300).ToString(CultureInfo.InvariantCulture);
            if (model.TryGetValue(key, out var present) && present.Expiry != 0 && present.Expiry <= store.Clock.Milliseconds)
            {
                model.Remove(key);
            }

            bool has = model.TryGetValue(key, out present);
            switch (random.Next(12))
            {
                case 0 or 1 or 2 or 3:
                    var mode = (StoreMode)random.Next(5);
                    byte[] value = new byte[random.Next(100) == 0 ? random.Next(40_000) : random.Next(200)];
                    random.NextBytes(value);
                    if (random.Next(3) == 0)
                    {
                        value = Encoding.ASCII.GetBytes(random.NextInt64(1_000_000).ToString(CultureInfo.InvariantCulture));
                    }

                    uint flags = random.Next(2) == 0 ? 0 : (uint)random.Next();
                    long expiry = random.Next(3) == 0 ? store.Clock.InMilliseconds(random.Next(-10, 5000)) : 0;
                    expiry = Math.Max(expiry, 0);
                    ulong? compare = random.Next(6) == 0 && mode is StoreMode.Set or StoreMode.Replace
                        ? (random.Next(2) == 0 && has ? present.Revision : 12345)
                        : null;
                    Outcome put = store.Put(StoreDriver.Bytes(key), value, mode, flags, expiry, compare);
                    StoreStatus expected = Expected(mode, has, compare, present.Revision);
                    Assert.True(expected == put.Status, $"seed {seed} step {step}: {mode} of {key} gave {put.Status}, not {expected}");
                    if (put.Status == StoreStatus.Ok)
                    {
                        model[key] = mode switch
                        {
                            StoreMode.Append => ([.. present.Value, .. value], present.Flags, present.Expiry, put.Revision),
                            StoreMode.Prepend => ([.. value, .. present.Value], present.Flags, present.Expiry, put.Revision),
                            _ => (value, flags, expiry, put.Revision),
                        };
                    }

                    break;
                case 4:
                    Assert.Equal(has ? StoreStatus.Ok : StoreStatus.NotFound, store.Delete(key).Status);
                    model.Remove(key);
                    break;
                case 5:
                    long touched = random.Next(2) == 0 ? 0 : store.Clock.InMilliseconds(random.Next(1, 5000));
                    Assert.Equal(has ? StoreStatus.Ok : StoreStatus.NotFound, store.Touch(key, touched).Status);
                    if (has)
                    {
                        model[key] = present with { Expiry = touched };
                    }

                    break;
                case 6:
                    CountBoth(store, model, key, has, present, random);
                    break;
                case 7 when random.Next(50) == 0:
                    store.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(1000)));
                    break;
                case 8 when random.Next(4000) == 0:
                    store.Store.Flush();
                    model.Clear();
                    break;
                default:
                    StoreDriver.Seen? seen = store.Get(key);
                    Assert.True(has == (seen != null), $"seed {seed} step {step}: {key} expected present {has}");
                    if (has)
                    {
                        Assert.Equal(present.Value, seen!.Value);
                        Assert.Equal((present.Flags, present.Expiry, present.Revision), (seen.Flags, seen.Expiry, seen.Revision));
                    }

                    break;
            }
        }

        CheckWhole(store, model);
    }

    [Theory]
    [InlineData(11, 50_000)]
    [InlineData(12, 300_000)]
    public void Index_keeps_every_key_findable_while_it_grows_shrinks_and_closes_gaps(int seed, int keys)
    {
        var random = new Random(seed);
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 128 << 20, EvictionDisabled = true });
        var present = new bool[keys];
        long count = 0;
        for (int phase = 0; phase < 6; phase++)
        {
            // Phases that mostly add alternate with phases that mostly remove.
            int adds = phase % 2 == 0 ? 9 : 2;
            for (int step = 0; step < keys; step++)
            {
                int id = random.Next(keys);
                byte[] key = BitConverter.GetBytes(id);
                if (random.Next(10) < adds)
                {
                    Assert.Equal(StoreStatus.Ok, store.Put(key, key).Status);
                    count += present[id] ? 0 : 1;
                    present[id] = true;
                }
                else
                {
                    Assert.Equal(present[id] ? StoreStatus.Ok : StoreStatus.NotFound, store.Store.Delete(store.Store.Key(key)).Status);
                    count -= present[id] ? 1 : 0;
                    present[id] = false;
                }
            }

            Assert.Equal(count, store.Store.Statistics().Items);
            for (int id = 0; id < keys; id++)
            {
                Assert.True(present[id] == (store.Get(BitConverter.GetBytes(id)) != null), $"seed {seed} phase {phase} key {id}");
            }
        }
    }

    private static void CountBoth(
        StoreDriver store,
        Dictionary<string, (byte[] Value, uint Flags, long Expiry, ulong Revision)> model,
        string key,
        bool has,
        (byte[] Value, uint Flags, long Expiry, ulong Revision) present,
        Random random)
    {
        ulong delta = (ulong)random.Next(2000);
        bool decrement = random.Next(2) == 0;
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
                model[key] = present with { Value = store.Get(key)!.Value, Revision = outcome.Revision };
            }

            return;
        }

        number = decrement ? (number > delta ? number - delta : 0) : unchecked(number + delta);
        Assert.Equal((StoreStatus.Ok, number), (outcome.Status, outcome.Number));
        string written = number.ToString(CultureInfo.InvariantCulture).PadRight(present.Value.Length);
        model[key] = present with { Value = Encoding.ASCII.GetBytes(written), Revision = outcome.Revision };
    }

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

    private static void CheckWhole(StoreDriver store, Dictionary<string, (byte[] Value, uint Flags, long Expiry, ulong Revision)> model)
    {
        long live = 0;
        foreach ((string key, var item) in model)
        {
            bool visible = item.Expiry == 0 || item.Expiry > store.Clock.Milliseconds;
            StoreDriver.Seen? seen = store.Get(key);
            Assert.Equal(visible, seen != null);
            live += visible ? 1 : 0;
            if (visible)
            {
                Assert.Equal(item.Value, seen!.Value);
            }
        }

        Assert.Equal(live, store.Store.Statistics().Items);
    }
}
