using System.Diagnostics;

namespace AotKv.Wire.Tests.Servers;

/// <summary>
/// Programs that some tests need and that are not part of the project. A missing one skips the test with what to install;
/// where <c>AOTKV_REQUIRE_PEERS</c> is set, as in the automatic checks, it fails the test.
/// </summary>
internal static class Peers
{
    /// <summary>Whether a missing program fails a test.</summary>
    public static bool Required => Environment.GetEnvironmentVariable("AOTKV_REQUIRE_PEERS") == "1";

    /// <summary>The path of a program, or the end of the test.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="package">The Debian package that brings it.</param>
    public static string Find(string program, string package)
    {
        var folders = Path.IsPathRooted(program) ? [""] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        foreach (var folder in folders)
        {
            var path = Path.Combine(folder, program);
            if (File.Exists(path))
                return path;
        }

        Missing(program, package);
        return "";
    }

    /// <summary>Ends the test unless a check of what is installed succeeds.</summary>
    /// <param name="what">What is looked for, for the message.</param>
    /// <param name="package">The Debian package that brings it.</param>
    /// <param name="program">A program that ends with code 0 when it is there.</param>
    /// <param name="arguments">Its arguments.</param>
    public static void Check(string what, string package, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            Missing(what, package);
    }

    /// <summary>Ends the test because something is not installed.</summary>
    public static void Missing(string what, string package)
    {
        var message = $"{what} is not installed (apt-get install {package})";
        if (Required)
            Assert.Fail(message);
        Assert.Skip(message);
    }
}
