using System.Globalization;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Crash.Tests;

/// <summary>A file system in memory of a test's own, so small that it fills up. Needs the right to mount; without it the test is skipped.</summary>
internal sealed class TmpfsMount : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TmpfsMount(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "tmpfs is of Linux");
        Path = _folder.File("mount");
        Directory.CreateDirectory(Path);
        (int code, string output) = Programs.Run("mount", "-t", "tmpfs", "-o", Size(megabytes), "aotkv-test", Path);
        if (code != 0)
        {
            _folder.Dispose();
            Assert.Skip($"a file system of 12 MB cannot be mounted here (root is needed): {output.Trim()}");
        }
    }

    public string Path { get; }

    /// <summary>The data directory in it.</summary>
    public string Data => System.IO.Path.Combine(Path, "data");

    public void Resize(int megabytes) => Remount(Size(megabytes));

    public void MakeReadOnly() => Remount("ro");

    public void Dispose()
    {
        (int code, string output) = Programs.Run("umount", Path);
        Assert.True(code == 0, output);
        _folder.Dispose();
    }

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private void Remount(string options)
    {
        (int code, string output) = Programs.Run("mount", "-o", "remount," + options, Path);
        Assert.True(code == 0, output);
    }
}
