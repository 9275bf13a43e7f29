namespace AotKv.Server.Stats;

/// <summary>
/// All counter blocks of a server: sums them, keeps the counts of those that are gone, and subtracts what
/// <c>stats reset</c> declared to be the past, so that no loop's counters are ever written by another thread.
/// </summary>
internal sealed class CounterRegistry : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<CounterBlock> _blocks = []; // _lock
    private readonly long[] _gone = new long[(int)Counter.Count]; // _lock
    private readonly long[] _baseline = new long[(int)Counter.Count]; // _lock

    /// <summary>Makes a block for a new loop.</summary>
    public CounterBlock Create()
    {
        CounterBlock block = new();
        lock (_lock)
        {
            _blocks.Add(block);
        }

        return block;
    }

    /// <summary>Takes over the counts of a loop that has ended, and frees its block.</summary>
    public void Retire(CounterBlock block)
    {
        lock (_lock)
        {
            if (_blocks.Remove(block))
            {
                block.AddTo(_gone);
                block.Dispose();
            }
        }
    }

    /// <summary>The counts since the start or the last reset, indexed by <see cref="Counter"/>.</summary>
    public long[] Sum()
    {
        lock (_lock)
        {
            long[] sum = Total();
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] -= _baseline[i];
            }

            return sum;
        }
    }

    /// <summary>The counts since the start, whoever reset them, indexed by <see cref="Counter"/>: they never go down.</summary>
    public long[] Lifetime()
    {
        lock (_lock)
        {
            return Total();
        }
    }

    /// <summary>Counts from zero again.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            Total().CopyTo(_baseline, 0);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (CounterBlock block in _blocks)
            {
                block.AddTo(_gone);
                block.Dispose();
            }

            _blocks.Clear();
        }
    }

    private long[] Total()
    {
        long[] sum = [.. _gone];
        foreach (CounterBlock block in _blocks)
        {
            block.AddTo(sum);
        }

        return sum;
    }
}
