using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AotKv.Micro;

/// <summary>
/// The processor time of the calling thread, where the system tells it (Linux), so that what else runs on the machine does not count.
/// Elsewhere the time of day.
/// </summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>What is measured.</summary>
    public static string Kind => OperatingSystem.IsLinux() ? "processor time of the thread" : "time of day";

    /// <summary>Nanoseconds since some moment.</summary>
    public static long Nanoseconds
    {
        get
        {
            if (!OperatingSystem.IsLinux())
            {
                return (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
            }

            _ = GetTime(ThreadCpuTime, out TimeSpec time);
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
