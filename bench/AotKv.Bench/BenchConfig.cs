using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;

namespace AotKv.Bench;

/// <summary>How every benchmark is run: with the allocation column, results as Markdown and JSON.</summary>
internal sealed class BenchConfig : ManualConfig
{
    public BenchConfig(bool quick)
    {
        // BenchmarkDotNet 0.14.0 does not name .NET 10, but its default toolchain builds and measures for whatever framework it runs
        // on; it looks for the project below the working folder, so it has to be started from inside the repository.
        AddJob((quick ? Job.ShortRun : Job.Default)
            .WithId("bench")
            .WithGcServer(false)
            .WithGcConcurrent(false)
            .WithEnvironmentVariable("DOTNET_TieredPGO", "0")); // the product is compiled ahead of time and has no profile either
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddLogger(ConsoleLogger.Default);
        AddExporter(MarkdownExporter.GitHub, JsonExporter.BriefCompressed);
        WithArtifactsPath(Path.Combine("artifacts", "bench"));
        WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared));
    }
}
