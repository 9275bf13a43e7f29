using System.Runtime.InteropServices;

namespace AotKv.Wire.Tests.Servers;

/// <summary>Places in the source tree that the tests read.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published native binary: what <c>AOTKV_BINARY</c> says, else where the publish target leaves it.</summary>
    public static string Binary
    {
        get
        {
            var said = Environment.GetEnvironmentVariable("AOTKV_BINARY");
            if (!string.IsNullOrEmpty(said))
                return said;

            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            var rid = $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
            return Path.Combine(Root, "artifacts", "publish", rid, OperatingSystem.IsWindows() ? "aotkv.exe" : "aotkv");
        }
    }

    /// <summary>A file or folder beside the tests' sources.</summary>
    public static string TestFile(params string[] path) => Path.Combine([Root, "tests", "AotKv.Wire.Tests", .. path]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder != null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AotKv.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests run inside the source tree: no AotKv.sln above " + AppContext.BaseDirectory);
    }
}
