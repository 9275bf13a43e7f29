// The build. `dotnet tool exec cake.tool@7.0.0 --yes -- --target=X`, where X is one of the tasks below
// (`--description` lists them, `--showtree` shows what runs before what). Only the .NET SDK and gcc are assumed.

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

var target = Argument("target", "Test");
// The managed tests run with assertions on; the native binary is always a Release build.
var configuration = Argument("configuration", "Debug");
var rid = Argument("rid", HostRid());
var passOn = Argument("args", "");
var address = Argument("address", "");

const string Solution = "AotKv.sln";
const string Executable = "src/AotKv/AotKv.csproj";
const string WireTests = "AotKv.Wire.Tests";
const string CrashTests = "AotKv.Crash.Tests";
const string PreferredFramework = "net10.0";
const string FallbackFramework = "net9.0";
const int TestProjectLimitMinutes = 10;

var publishFolder = $"artifacts/publish/{rid}";
var binary = $"{publishFolder}/aotkv{(rid.StartsWith("win") ? ".exe" : "")}";
var tally = new Tally();

// ---------------------------------------------------------------- what a developer runs

Task("Run")
    .Description("Publishes natively and serves on 127.0.0.1:11211 until Ctrl-C or SIGTERM; --args=\"-m 128\" passes flags on.")
    .IsDependentOn("Publish")
    .Does(() =>
    {
        Information($"{binary} {passOn}".TrimEnd() + " (Ctrl-C stops it)");
        RunInForeground(binary, passOn);
    });

Task("Test")
    .Description("What CI runs: format check, build, unit tests, native publish, black-box tests, crash tests. Ends with the sum of what ran.")
    .IsDependentOn("CheckFormat")
    .IsDependentOn("Unit")
    .IsDependentOn("Wire")
    .IsDependentOn("Crash");

Task("Publish")
    .Description("Leaves the native binary at artifacts/publish/<rid>/aotkv; --rid=linux-arm64 selects another platform.")
    .Does(() => PublishNative());

Task("Format")
    .Description("Applies the formatting rules of .editorconfig.")
    .Does(() => Require(Dotnet("format", Solution), "dotnet format failed."));

Task("Bench")
    .Description("Runs the in-process benchmarks; --args=\"--filter *Get*\" passes BenchmarkDotNet's flags on.")
    .Does(() => Require(Dotnet("run", "-c", "Release", "--project", "bench/AotKv.Bench", "--", passOn.Length == 0 ? "--filter *" : passOn),
        "The benchmarks failed."));

Task("Perf")
    .Description("Runs memcached and the native binary side by side on the same load; --args=\"missratio\" (density, restart, mapped, footprint, connections, hostile, workload, http) "
        + "chooses another command, and the words behind it are its flags; --args=\"micro\", \"transactions\" and \"pauses\" run the engine in a native program.")
    .IsDependentOn("Publish")
    .Does(() =>
    {
        string suite = passOn.Split(' ')[0];
        if (suite is "micro" or "transactions" or "pauses")
        {
            PublishNative("perf/AotKv.Micro/AotKv.Micro.csproj", "artifacts/micro");
            Require(StartProcess("artifacts/micro/AotKv.Micro", suite == "micro" ? passOn["micro".Length..].Trim() : passOn), "The measurement failed.");
            return;
        }

        string words = suite.Length == 0 || suite[0] == '-' ? $"compare {passOn}" : passOn;
        Require(Dotnet("run", "-c", "Release", "--project", "perf/AotKv.Perf", "--", words), "The side-by-side run failed.");
    });

Task("Wine")
    .Description("On Linux with wine: the engine's and the server's tests as Windows programs. TLS and unix sockets are left out, which wine does not have.")
    .Does(() =>
    {
        foreach (var project in new[] { "AotKv.Engine.Tests", "AotKv.Server.Tests" })
            RunUnderWine(project);
    });

Task("NBomber")
    .Description("Runs the workloads under NBomber, with HTML reports in artifacts/perf/nbomber; needs a feed that has it. --args passes flags on.")
    .IsDependentOn("Publish")
    .Does(() => Require(Dotnet("run", "-c", "Release", "--project", "perf/AotKv.NBomber", "--", passOn), "The NBomber run failed."));

Task("Docs")
    .Description("Writes docs/differences.md, the list of lines on which aotkv and memcached may differ.")
    .IsDependentOn("Build")
    .Does(() => RunTests(WireTests, ["-class", "AotKv.Wire.Tests.DifferencesTests"], ("AOTKV_UPDATE_DOCS", "1")));

Task("Clean")
    .Description("Deletes everything that a build leaves behind.")
    .Does(() => CleanDirectory("artifacts"));

// ---------------------------------------------------------------- steps of the above

Task("CheckFormat")
    .Description("Fails when a file is not formatted by the rules of .editorconfig.")
    .Does(() =>
    {
        // A badly formatted file is counted, but does not keep the tests from telling what else is wrong.
        if (Dotnet("format", Solution, "--verify-no-changes") != 0)
            tally.Fail("format check (--target=Format mends it)");
    });

Task("Build")
    .Description("Builds everything with warnings as errors.")
    .Does(() => Require(Dotnet("build", Solution, "-c", configuration, "-v", "q", "--nologo"), "The build failed."));

Task("Unit")
    .Description("Runs the test projects of the rooms.")
    .IsDependentOn("Build")
    .DoesForEach(TestProjects().Where(name => name is not (WireTests or CrashTests)), name => RunTests(name, []));

Task("Wire")
    .Description("Runs the black-box tests; --address=host:port holds only the conversations, with a running server.")
    .IsDependentOn("Build")
    .IsDependentOn("Publish")
    .Does(() => RunTests(WireTests, address.Length == 0 ? [] : ["-class", WireTests + ".AotKvConversationTests"],
        ("AOTKV_BINARY", MakeAbsolute(File(binary)).FullPath),
        ("AOTKV_WIRE_ADDRESS", address)));

Task("Crash")
    .Description("Kills the native binary under load, fills its disk, makes its syncs fail; AOTKV_CRASH_ROUNDS=200 kills it so often.")
    .IsDependentOn("Build")
    .IsDependentOn("Publish")
    .Does(() => RunTests(CrashTests, [], ("AOTKV_BINARY", MakeAbsolute(File(binary)).FullPath)));

// ---------------------------------------------------------------- go

try
{
    RunTarget(target);
}
catch (Exception e)
{
    // A step without which nothing further can run.
    Error(e.GetBaseException().Message);
    tally.Fail(e.GetBaseException().Message);
}

if ((target is "Test" or "Unit" or "Wire" or "Crash" or "Wine") && tally.HasContent)
    tally.Print();
if (tally.Failed != 0)
    Environment.Exit(1);

// ---------------------------------------------------------------- publishing

// A feed may lack the Native AOT pack of the preferred framework. The publish itself finds out, in a second or two and
// before anything is compiled; the answer is kept, so that the next publish asks nothing.
void PublishNative(string project = Executable, string folder = null)
{
    var answerFile = $"artifacts/framework/{SdkVersion()}-{rid}.txt";
    var known = System.IO.File.Exists(answerFile) ? System.IO.File.ReadAllText(answerFile).Trim() : null;

    var framework = known ?? PreferredFramework;
    Information($"Publishing {project} ({framework}) ...");
    var (code, output) = Publish(framework, project, folder ?? publishFolder);

    if (code != 0 && framework == PreferredFramework && LacksNativePack(output))
    {
        Warning($"No Native AOT pack of {PreferredFramework} for {rid} on this package feed: publishing with {FallbackFramework}.");
        framework = FallbackFramework;
        (code, output) = Publish(framework, project, folder ?? publishFolder);
    }

    if (code != 0)
    {
        // The feed may have changed since the answer was kept: the next publish asks again.
        if (known != null)
            System.IO.File.Delete(answerFile);
        Console.WriteLine(output);
        throw new CakeException($"The native publish for {rid} failed.");
    }

    EnsureDirectoryExists("artifacts/framework");
    System.IO.File.WriteAllText(answerFile, framework);
    Information($"{binary}: {new System.IO.FileInfo(binary).Length / 1e6:0.0} MB, {framework}");
}

// Each framework has its own intermediate files. The compiler's own targets link with clang when it is there, else with gcc.
(int Code, string Output) Publish(string framework, string project, string folder) => Capture("dotnet", "publish", project, "-r", rid, "-c", "Release",
    "--nologo", "-v", "q", $"-p:AotKvFramework={framework}", $"-p:AotKvArtifacts={MakeAbsolute(Directory("artifacts/native-" + framework)).FullPath}",
    "-p:PublishDocumentationFiles=false", "-p:PublishReferencesDocumentationFiles=false", "-p:AllowedReferenceRelatedFileExtensions=none",
    "-o", folder);

static bool LacksNativePack(string output) =>
    Regex.IsMatch(output, @"error NU110[12]: [^\n]*(NativeAOT|ILCompiler)", RegexOptions.IgnoreCase);

string SdkVersion() => Capture("dotnet", "--version").Output.Trim();

static string HostRid()
{
    var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
    return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
}

// ---------------------------------------------------------------- testing

IEnumerable<string> TestProjects() => GetFiles("tests/*/*.csproj").Select(file => file.GetFilenameWithoutExtension().ToString()).Order();

// Runs one test project and adds its results to the sum. A host that dies, hangs, or runs nothing is a failure of its own.
void RunTests(string project, string[] arguments, params (string Name, string Value)[] environment)
{
    var results = $"artifacts/tests/{project}.trx";
    EnsureDirectoryExists("artifacts/tests");
    if (System.IO.File.Exists(results))
        System.IO.File.Delete(results);

    Information($"{project} ...");
    var assembly = $"artifacts/build/bin/{project}/{configuration.ToLowerInvariant()}/{project}.dll";
    var start = StartInfo("dotnet", [assembly, "-noLogo", "-noColor", "-trx", results, .. arguments]);
    foreach (var (name, value) in environment.Where(pair => pair.Value.Length > 0))
        start.Environment[name] = value;

    using var process = System.Diagnostics.Process.Start(start);
    if (!process.WaitForExit(TimeSpan.FromMinutes(TestProjectLimitMinutes)))
    {
        process.Kill(entireProcessTree: true);
        tally.Fail($"{project}: no end after {TestProjectLimitMinutes} minutes");
        return;
    }

    if (!System.IO.File.Exists(results))
        tally.Fail($"{project}: the test host ended with code {process.ExitCode} and left no results");
    else if (!tally.Add(project, results) && process.ExitCode != 0)
        tally.Fail($"{project}: the test host ended with code {process.ExitCode}, though no test failed");
}

// A managed program for Windows with its own runtime: the final link of a native one needs Windows.
void RunUnderWine(string project)
{
    var folder = $"artifacts/publish/win-x64-{project}";
    Require(Dotnet("publish", $"tests/{project}", "-r", "win-x64", "--self-contained", "--nologo", "-v", "q",
        $"-p:AotKvArtifacts={MakeAbsolute(Directory("artifacts/windows")).FullPath}", "-o", folder), $"{project} for Windows did not build.");
    var results = $"artifacts/tests/{project}.win-x64.trx";
    EnsureDirectoryExists("artifacts/tests");
    if (System.IO.File.Exists(results))
        System.IO.File.Delete(results);

    // Now and then wine does not suspend a thread for the collector, which ends the host: that says nothing of the tests.
    for (var attempt = 0; attempt < 3 && !System.IO.File.Exists(results); attempt++)
        StartUnderWine(project, folder, results);
    if (!System.IO.File.Exists(results))
        tally.Fail($"{project} (win-x64): the test host left no results");
    else
        tally.Add(project, results);
}

void StartUnderWine(string project, string folder, string results)
{
    Information($"{project} (win-x64, wine) ...");
    var wine = System.IO.File.Exists("/usr/lib/wine/wine64") ? "/usr/lib/wine/wine64" : "wine";
    var start = StartInfo(wine, [$"{folder}/{project}.exe", "-noLogo", "-noColor", "-trx", results,
        "-class-", "*.Transport.Tls*", "-class-", "*.ListenerTests", "-method-", "*Stop_does_not_wait_for_ever_for_a_client_that_does_not_read"]);
    start.Environment["WINEPREFIX"] = MakeAbsolute(Directory("artifacts/wine")).FullPath;
    start.Environment["WINEDEBUG"] = "-all";
    start.Environment["WINEDLLOVERRIDES"] = "mshtml=;winedbg.exe=";
    start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // the runtime's second mappings of its code break under wine
    using var process = System.Diagnostics.Process.Start(start);
    if (!process.WaitForExit(TimeSpan.FromMinutes(TestProjectLimitMinutes)))
        process.Kill(entireProcessTree: true);
}

// The sum of what really ran, read from the result files.
sealed class Tally
{
    private readonly List<string> _failures = new();
    private readonly List<string> _skips = new();
    private int _passed;

    public int Failed => _failures.Count;

    public bool HasContent => _passed + _failures.Count + _skips.Count > 0;

    public void Fail(string what) => _failures.Add(what);

    // Adds one project's results; says whether any of its tests failed.
    public bool Add(string project, string resultsFile)
    {
        var failedBefore = _failures.Count;
        var found = 0;
        foreach (var result in XDocument.Load(resultsFile).Descendants().Where(element => element.Name.LocalName == "UnitTestResult"))
        {
            found++;
            var name = ((string)result.Attribute("testName")).Replace("\\\"", "\"");
            switch ((string)result.Attribute("outcome"))
            {
                case "Passed":
                    _passed++;
                    break;
                case "NotExecuted":
                    _skips.Add($"{name}: {result.Value.Trim()}");
                    break;
                default:
                    _failures.Add(name);
                    break;
            }
        }

        if (found == 0)
            _failures.Add($"{project}: ran no test");
        return _failures.Count > failedBefore;
    }

    public void Print()
    {
        Console.WriteLine();
        foreach (var skip in _skips)
            Console.WriteLine($"skipped  {skip}");
        foreach (var failure in _failures)
            Console.WriteLine($"FAILED   {failure}");
        Console.WriteLine($"{_passed} passed, {_failures.Count} failed, {_skips.Count} skipped");
    }
}

// ---------------------------------------------------------------- processes

static void Require(int code, string message)
{
    if (code != 0)
        throw new CakeException(message);
}

// The last argument may hold several, as a user typed them.
int Dotnet(params string[] arguments)
{
    using var process = System.Diagnostics.Process.Start(StartInfo("dotnet", arguments));
    process.WaitForExit();
    return process.ExitCode;
}

(int Code, string Output) Capture(string file, params string[] arguments)
{
    var start = StartInfo(file, arguments);
    start.RedirectStandardOutput = true;
    using var process = System.Diagnostics.Process.Start(start);
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode, output);
}

static ProcessStartInfo StartInfo(string file, IEnumerable<string> arguments) =>
    new(file, string.Join(' ', arguments)) { UseShellExecute = false };

// The server gets the terminal's Ctrl-C itself, as a member of the same process group; a SIGTERM is passed on.
// Either way this process stays until the server has ended.
void RunInForeground(string file, string arguments)
{
    using var process = System.Diagnostics.Process.Start(StartInfo(MakeAbsolute(File(file)).FullPath, [arguments]));
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        if (!OperatingSystem.IsWindows())
            System.Diagnostics.Process.Start("sh", ["-c", $"kill -TERM {process.Id}"]).WaitForExit();
    });
    process.WaitForExit();
    Require(process.ExitCode, $"The server ended with code {process.ExitCode}.");
}
