using System.Globalization;
using AotKv.Engine;
using AotKv.Engine.Transactions;
using AotKv.Perf.Cli;
using AotKv.Perf.Measure;

namespace AotKv.Micro;

/// <summary>
/// <c>transactions</c>: memstore's own matrix on the engine's transactions. What is timed is the whole of one: a used batch is emptied, filled with the
/// commands, run, and its results looked at. memstore's benchmark makes the commands before its clock starts.
/// </summary>
internal sealed class TransactionSuite : IDisposable
{
    public const string Help = """
        usage: AotKv.Micro transactions [OPTIONS]   transactions of 1 to 10,000 gets or sets, nanoseconds per command
          --rounds N        timings of each                                  [9]
          --only LIST       get-same, set-same, get-various, set-various     [all]
          --memory MB       the store's memory limit                         [64]
          --markdown        print Markdown
        """;

    private const int CommandsOfRound = 200_000;
    private const double GetBar = 100;
    private const double SetBar = 200;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;
    private static readonly int[] Sizes = [1, 10, 100, 1000, 10_000];

    private static readonly (TransactionKind Kind, string Name, double Bar)[] Kinds =
    [
        (TransactionKind.GetSame, "get-same", GetBar),
        (TransactionKind.SetSame, "set-same", SetBar),
        (TransactionKind.GetVarious, "get-various", GetBar),
        (TransactionKind.SetVarious, "set-various", SetBar),
    ];

    /// <summary>
    /// memstore (commit e130aba, Go 1.19.8) on the processor of docs/engine.md, nanoseconds per command: its own benchmark, in which every
    /// get misses and a set's work on the live tree is left to another goroutine. Columns as <see cref="Kinds"/>, rows as <see cref="Sizes"/>.
    /// </summary>
    private static readonly double[][] Memstore =
    [
        [399, 679, 313, 733],
        [278, 431, 283, 802],
        [179, 396, 225, 1008],
        [146, 428, 242, 1566],
        [211, 485, 269, 1861],
    ];

    private readonly TransactionWords _words = new();
    private readonly StoreBatch _batch = new();
    private readonly Store _store;
    private readonly int _rounds;

    private TransactionSuite(int rounds, long memoryBytes)
    {
        _rounds = rounds;
        _store = new Store(new StoreOptions { MemoryLimitBytes = memoryBytes, HashSeed = 1 });
        _words.Store(_store);
    }

    /// <summary>Runs it from its command line.</summary>
    public static int Run(ArgumentReader arguments)
    {
        int rounds = (int)arguments.Integer("rounds", 9, 1, 1000);
        string[] only = arguments.Text("only", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        long memory = arguments.Integer("memory", 64, 2, 1 << 20) << 20;
        bool markdown = arguments.Switch("markdown");
        arguments.End();
        using var suite = new TransactionSuite(rounds, memory);
        suite.Measure(Array.ConvertAll(Kinds, kind => only.Length == 0 || only.Contains(kind.Name)), markdown);
        return 0;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _store.Dispose();
    }

    private void Measure(bool[] isWanted, bool markdown)
    {
        var headings = new List<string> { "commands" };
        foreach ((_, string name, _) in Kinds)
        {
            headings.AddRange([name, "(best)", "memstore"]);
        }

        var table = new TextTable([.. headings]);
        double[] slowest = new double[Kinds.Length];
        double allocated = 0;
        for (int row = 0; row < Sizes.Length; row++)
        {
            var cells = new List<string> { Sizes[row].ToString("N0", Plain) };
            for (int column = 0; column < Kinds.Length; column++)
            {
                Spread spread = isWanted[column] ? Time(Kinds[column].Kind, Sizes[row], ref allocated) : default;
                slowest[column] = Math.Max(slowest[column], spread.Median);
                cells.AddRange([Figure(spread.Median), Figure(spread.Min), Memstore[row][column].ToString("N0", Plain)]);
            }

            table.Add([.. cells]);
        }

        Console.Out.Write(markdown ? table.ToMarkdown() : table.ToText());
        Console.Out.WriteLine();
        for (int column = 0; column < Kinds.Length; column++)
        {
            if (isWanted[column])
            {
                string verdict = slowest[column] < Kinds[column].Bar ? "met" : "missed";
                Console.Out.WriteLine(
                    $"{Kinds[column].Name}: slowest median {slowest[column].ToString("F1", Plain)} ns per command, bar {Kinds[column].Bar.ToString("F0", Plain)}: {verdict}");
            }
        }

        Console.Out.WriteLine($"managed memory allocated per transaction, the most of all: {allocated.ToString("F1", Plain)} bytes");
        Console.Out.WriteLine(
            $"{Report.Compilation} code, .NET {Environment.Version}, {ThreadClock.Kind}, {_rounds} rounds of {CommandsOfRound:N0} commands, medians; "
            + $"{TransactionWords.Count:N0} keys stored, every get hits");
    }

    private static string Figure(double nanoseconds) => nanoseconds == 0 ? "" : nanoseconds.ToString("F1", Plain);

    private Spread Time(TransactionKind kind, int size, ref double allocated)
    {
        int transactions = CommandsOfRound / size;
        Repeat(kind, size, Math.Max(transactions / 4, 4));
        double[] nanoseconds = new double[_rounds];
        for (int round = 0; round < _rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = ThreadClock.Nanoseconds;
            Repeat(kind, size, transactions);
            nanoseconds[round] = (ThreadClock.Nanoseconds - start) / ((double)transactions * size);
            allocated = Math.Max(allocated, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)transactions);
            _store.Clock.Refresh();
        }

        return Spread.Of(nanoseconds);
    }

    private void Repeat(TransactionKind kind, int size, int transactions)
    {
        bool isWell = true;
        for (int i = 0; i < transactions; i++)
        {
            _words.Fill(_batch, _store.DefaultNamespace, kind, size);
            isWell &= _store.Run(_batch).Status == StoreStatus.Ok && AllFound();
        }

        if (!isWell)
        {
            throw new InvalidOperationException("the store did not do what was asked: the time would mean nothing");
        }
    }

    private bool AllFound()
    {
        bool found = true;
        foreach (ref readonly CommandResult result in _batch.Results)
        {
            found &= result.Status == StoreStatus.Ok;
        }

        return found;
    }
}
