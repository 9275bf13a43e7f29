using AotKv.Bench;
using BenchmarkDotNet.Running;

// --quick: three short iterations of each, to see that all run and allocate nothing; the times are then rough.
// --keys=LIST: other sizes of the working set than 1000,1000000,20000000; the largest needs some 12 GB of memory.
string? keys = Array.Find(args, word => word.StartsWith("--keys=", StringComparison.Ordinal));
if (keys != null)
{
    Environment.SetEnvironmentVariable(KeyCounts.Variable, keys["--keys=".Length..]);
}

bool quick = Array.IndexOf(args, "--quick") >= 0;
BenchmarkSwitcher.FromAssembly(typeof(BenchConfig).Assembly).Run([.. args.Where(word => word != "--quick" && word != keys)], new BenchConfig(quick));
