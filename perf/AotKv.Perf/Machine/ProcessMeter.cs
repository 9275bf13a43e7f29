using System.Globalization;
using System.Runtime.Versioning;
using AotKv.Perf.Net;

namespace AotKv.Perf.Machine;

/// <summary>Processor time and memory of processes, from the Linux kernel.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class ProcessMeter
{
    /// <summary>
    /// Processor time a process has used, all its threads, ended ones included, user and system together: its own CPU clock,
    /// which the kernel keeps in nanoseconds and brings up to date when asked (the files in /proc only at each tick).
    /// </summary>
    /// <param name="process">Its id.</param>
    /// <returns>Nanoseconds; 0 when there is no such process.</returns>
    public static long CpuNanoseconds(int process)
    {
        long* time = stackalloc long[2];
        return Libc.CpuClockOf(process, out int clock) == 0 && Libc.ClockTime(clock, time) == 0
            ? (time[0] * 1_000_000_000) + time[1]
            : 0;
    }

    /// <summary>Processor time the calling thread has used.</summary>
    /// <returns>Nanoseconds.</returns>
    public static long ThreadCpuNanoseconds()
    {
        long* time = stackalloc long[2];
        return Libc.ClockTimeNow(Libc.ClockThreadCpu, time) == 0 ? (time[0] * 1_000_000_000) + time[1] : 0;
    }

    /// <summary>Share of a process's processor time that was spent in the kernel, since it started, in clock ticks.</summary>
    /// <returns>User and system ticks (100 a second).</returns>
    public static (long User, long System) Ticks(int process)
    {
        // The command name, in brackets, may hold anything: the fields are counted from the last closing bracket.
        string stat = ReadOrEmpty($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 12
            ? (long.Parse(fields[11], CultureInfo.InvariantCulture), long.Parse(fields[12], CultureInfo.InvariantCulture))
            : (0, 0);
    }

    /// <summary>The thread of a process that is woken most often while something is done: the one that does it.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="action">What is done.</param>
    /// <returns>The thread's id; 0 when there is none.</returns>
    public static int ThreadThatDoes(int process, Action action)
    {
        string tasks = $"/proc/{process}/task";
        int[] threads = Directory.Exists(tasks)
            ? [.. Directory.EnumerateDirectories(tasks).Select(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))]
            : [];
        long[] before = Array.ConvertAll(threads, thread => WaitsForCore(process, thread).Times);
        action();
        long[] more = [.. threads.Select((thread, i) => WaitsForCore(process, thread).Times - before[i])];
        return threads.Length == 0 ? 0 : threads[Array.IndexOf(more, more.Max())];
    }

    /// <summary>How long a thread has waited for a core when it could have run, and how often it was given one.</summary>
    /// <param name="process">The process's id.</param>
    /// <param name="thread">The thread's id.</param>
    /// <returns>Nanoseconds, and times; 0 when the kernel does not count it.</returns>
    public static (long Waited, long Times) WaitsForCore(int process, int thread)
    {
        string[] fields = ReadOrEmpty($"/proc/{process}/task/{thread}/schedstat").Split(' ');
        return fields.Length == 3
            ? (long.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[2], CultureInfo.InvariantCulture))
            : (0, 0);
    }

    /// <summary>Resident memory of a process.</summary>
    /// <returns>Bytes; 0 when there is no such process.</returns>
    public static long ResidentBytes(int process) => StatusBytes(process, "VmRSS:");

    /// <summary>The most resident memory a process has had.</summary>
    /// <returns>Bytes; 0 when there is no such process.</returns>
    public static long PeakResidentBytes(int process) => StatusBytes(process, "VmHWM:");

    /// <summary>Processor time of the whole machine that was not idle.</summary>
    /// <returns>Nanoseconds, in steps of 10 ms.</returns>
    public static long MachineBusyNanoseconds()
    {
        string line = ReadOrEmpty("/proc/stat").Split('\n')[0];
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long ticks = 0;
        for (int i = 1; i < Math.Min(fields.Length, 9); i++)
        {
            if (i is not (4 or 5)) // idle, waiting for input or output
            {
                ticks += long.Parse(fields[i], CultureInfo.InvariantCulture);
            }
        }

        return ticks * 10_000_000;
    }

    private static long StatusBytes(int process, string name)
    {
        foreach (string line in ReadOrEmpty($"/proc/{process}/status").Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }
}
