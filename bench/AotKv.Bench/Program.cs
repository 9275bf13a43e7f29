using AotKv.Bench;
using BenchmarkDotNet.Running;

// --quick: three short iterations of each, to see that all run and allocate nothing; the times are then rough.
bool quick = Array.IndexOf(args, "--quick") >= 0;
BenchmarkSwitcher.FromAssembly(typeof(BenchConfig).Assembly).Run([.. args.Where(word => word != "--quick")], new BenchConfig(quick));
