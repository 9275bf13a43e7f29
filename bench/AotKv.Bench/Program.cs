using AotKv.Bench;
using BenchmarkDotNet.Running;

// --allocations: no times, only what each benchmark allocates, held against allocation-budget.json; the exit code says whether it fits.
if (Array.IndexOf(args, "--allocations") >= 0)
{
    List<string> faults = AllocationBudget.Check(Console.WriteLine);
    faults.ForEach(Console.Error.WriteLine);
    return faults.Count == 0 ? 0 : 1;
}

// --quick: three short iterations of each, to see that all run and allocate nothing; the times are then rough.
// --filter "*(Keys: 1000*": only that size; 20 million keys need some 12 GB of memory.
bool quick = Array.IndexOf(args, "--quick") >= 0;
BenchmarkSwitcher.FromAssembly(typeof(BenchConfig).Assembly).Run([.. args.Where(word => word != "--quick")], new BenchConfig(quick));
return 0;
