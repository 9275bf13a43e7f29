using AotKv.Perf.Measure;

namespace AotKv.Micro;

/// <summary>One operation, timed.</summary>
/// <param name="Subject">Whose operation.</param>
/// <param name="Operation">Its name.</param>
/// <param name="Keys">Size of the working set.</param>
/// <param name="Nanoseconds">Per operation, over the rounds.</param>
/// <param name="AllocatedBytes">Managed memory allocated per operation.</param>
internal sealed record Measurement(string Subject, string Operation, int Keys, Spread Nanoseconds, double AllocatedBytes);

/// <summary>Times passes over a key set.</summary>
/// <param name="rounds">How often each operation is timed.</param>
/// <param name="only">What an operation's name must begin with; empty for every one.</param>
internal sealed class Timer(int rounds, string only = "")
{
    private const int MinOperations = 500_000;

    /// <summary>What was timed so far.</summary>
    public List<Measurement> Measurements { get; } = [];

    /// <summary>
    /// Times an operation that can be repeated: one untimed pass, then the rounds, each of several passes when the set is small.
    /// </summary>
    /// <param name="subject">Whose operation.</param>
    /// <param name="operation">Its name.</param>
    /// <param name="keys">Operations in a pass.</param>
    /// <param name="pass">Does the operation once for each key.</param>
    public void Repeat(string subject, string operation, int keys, Action pass)
    {
        if (!operation.StartsWith(only, StringComparison.Ordinal))
        {
            return;
        }

        int passes = Math.Max(1, MinOperations / keys);
        pass();
        Time(subject, operation, keys, passes, static () => { }, pass);
    }

    /// <summary>Times an operation that uses up what it works on; that is made anew, untimed, before each pass.</summary>
    /// <param name="subject">Whose operation.</param>
    /// <param name="operation">Its name.</param>
    /// <param name="keys">Operations in a pass.</param>
    /// <param name="prepare">Makes what the pass works on.</param>
    /// <param name="pass">Does the operation once for each key.</param>
    public void Prepared(string subject, string operation, int keys, Action prepare, Action pass)
    {
        // What an operation leaves behind is what the next one works on: it runs once in any case.
        bool isWanted = operation.StartsWith(only, StringComparison.Ordinal);
        Time(subject, operation, keys, isWanted ? Math.Max(1, MinOperations / 5 / keys) : 0, prepare, pass);
    }

    private void Time(string subject, string operation, int keys, int passes, Action prepare, Action pass)
    {
        if (passes == 0)
        {
            prepare();
            pass();
            return;
        }

        double[] nanoseconds = new double[rounds];
        long allocated = 0;
        for (int round = 0; round < rounds; round++)
        {
            long elapsed = 0;
            for (int i = 0; i < passes; i++)
            {
                prepare();
                long before = GC.GetAllocatedBytesForCurrentThread();
                long start = ThreadClock.Nanoseconds;
                pass();
                elapsed += ThreadClock.Nanoseconds - start;
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            nanoseconds[round] = elapsed / ((double)passes * keys);
        }

        double allocatedEach = allocated / ((double)rounds * passes * keys);
        Measurements.Add(new Measurement(subject, operation, keys, Spread.Of(nanoseconds), allocatedEach));
    }
}
