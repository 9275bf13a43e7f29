using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AotKv.Protocol.Tests;

/// <summary>
/// All tests of this project once more in a process of their own whose processor knows less: what is vectorised has a second way, which an
/// ordinary machine never takes.
/// </summary>
public sealed class InstructionSetTests
{
    // Set in the processes that these tests start: they must not start others.
    private const string Reduced = "AOTKV_REDUCED_INSTRUCTIONS";
    private const int LimitMilliseconds = 300_000;

    [Theory]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public async Task Every_test_passes_without_the_instruction_set(string variable)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Reduced) != null, "this is the process with fewer instructions");
        string host = Environment.ProcessPath!;
        string assembly = typeof(InstructionSetTests).Assembly.Location;
        bool isLauncher = Path.GetFileNameWithoutExtension(host) == "dotnet";
        string[] words = [.. isLauncher ? [assembly] : Array.Empty<string>(), "-noColor", "-noLogo"];
        var start = new ProcessStartInfo(host, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable] = "0";
        start.Environment[Reduced] = variable;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(LimitMilliseconds))
        {
            process.Kill();
        }

        Assert.True(process.ExitCode == 0, $"{await output}{await errors}");
        Assert.Contains("Failed: 0", await output, StringComparison.Ordinal);
    }

    [Fact]
    public void Processor_of_a_reduced_process_lacks_what_was_switched_off()
    {
        switch (Environment.GetEnvironmentVariable(Reduced))
        {
            case "DOTNET_EnableAVX2":
                Assert.False(Avx2.IsSupported);
                break;
            case "DOTNET_EnableHWIntrinsic":
                Assert.False(Vector128.IsHardwareAccelerated);
                break;
            default:
                Assert.Null(Environment.GetEnvironmentVariable(Reduced));
                break;
        }
    }
}
