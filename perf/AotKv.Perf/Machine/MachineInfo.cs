using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AotKv.Perf.Machine;

/// <summary>What a figure was measured on.</summary>
internal static class MachineInfo
{
    /// <summary>The processor's name and how many cores there are.</summary>
    public static string Processor()
    {
        string name = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        return string.Create(CultureInfo.InvariantCulture, $"{name}, {Environment.ProcessorCount} cores");
    }

    /// <summary>The operating system's kernel.</summary>
    public static string Kernel() =>
        ReadLine("/proc/sys/kernel/osrelease") is { } release ? $"Linux {release}" : RuntimeInformation.OSDescription;

    /// <summary>The distribution.</summary>
    public static string Distribution() => Field("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription;

    /// <summary>Memory of the machine.</summary>
    public static string Memory() =>
        string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 20):N0} MB");

    /// <summary>The first line a program prints for an option, as its version.</summary>
    /// <param name="path">The program.</param>
    /// <param name="option">The option.</param>
    public static string FirstLineOf(string path, string option)
    {
        var start = new ProcessStartInfo(path, option) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string line = process.StandardOutput.ReadLine() ?? "";
        if (!process.WaitForExit(5000))
        {
            process.Kill();
        }

        return line.Trim();
    }

    private static string? ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    private static string? Field(string path, string name, char separator = ':')
    {
        if (File.Exists(path))
        {
            foreach (string line in File.ReadLines(path))
            {
                int at = line.IndexOf(separator);
                if (at > 0 && line.AsSpan(0, at).Trim().SequenceEqual(name))
                {
                    return line[(at + 1)..].Trim();
                }
            }
        }

        return null;
    }
}
