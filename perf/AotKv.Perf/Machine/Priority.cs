using System.Globalization;
using System.Runtime.Versioning;
using AotKv.Perf.Cli;
using AotKv.Perf.Net;

namespace AotKv.Perf.Machine;

/// <summary>The share of the processor this program and what it starts get when others want it too.</summary>
internal static class Priority
{
    private const string AutoGroup = "/proc/self/autogroup";

    /// <summary>Reads <c>--nice</c> and sets it; 0 leaves it alone.</summary>
    /// <param name="arguments">The options.</param>
    /// <exception cref="UsageException">It is not allowed.</exception>
    public static void Read(ArgumentReader arguments)
    {
        int priority = (int)arguments.Integer("nice", 0, -20, 19);
        if (priority != 0 && !(OperatingSystem.IsLinux() && Set(priority)))
        {
            throw new UsageException($"priority {priority} is not allowed to this user");
        }
    }

    /// <summary>Sets it for the calling thread alone, and for what it makes from now on.</summary>
    /// <param name="nice">0 (ordinary) to 19 (least).</param>
    [SupportedOSPlatform("linux")]
    public static void SetThread(int nice) => _ = Libc.SetPriority(0, 0, nice); // less is always allowed

    /// <summary>
    /// Sets it for the calling thread and all threads and processes that it makes from now on. Where the kernel shares the processor
    /// between sessions first (autogroup), a thread's priority counts only against its own session's: then the session's is set too.
    /// </summary>
    /// <param name="nice">-20 (most) to 19.</param>
    /// <returns>Whether the system agreed.</returns>
    [SupportedOSPlatform("linux")]
    public static bool Set(int nice)
    {
        if (Libc.SetPriority(0, 0, nice) != 0)
        {
            return false;
        }

        try
        {
            if (File.Exists(AutoGroup))
            {
                File.WriteAllText(AutoGroup, nice.ToString(CultureInfo.InvariantCulture));
            }

            return true;
        }
        catch (IOException)
        {
            return true; // no autogroups after all
        }
    }
}
