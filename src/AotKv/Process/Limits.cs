using System.Globalization;
using AotKv.CommandLine;
using AotKv.Server;

namespace AotKv.Process;

/// <summary>What the command line asks of the system beside memory and sockets: core files, open descriptors, locked memory.</summary>
internal static class Limits
{
    /// <summary>What needs root's rights, or their rest, and so comes before they are given up.</summary>
    /// <returns>The exit code; success to go on.</returns>
    public static int Raise(LaunchOptions options, out string? mistake)
    {
        mistake = null;
        if (options.DumpsCore && !(OperatingSystem.IsLinux() && ProcessCalls.RaiseCoreLimit()))
        {
            mistake = OperatingSystem.IsLinux() ? "failed to ensure corefile creation; raise the hard limit with 'ulimit -Hc'" : "-r needs Linux";
            return ExitCode.System;
        }

        if (options.LocksMemory && OperatingSystem.IsLinux())
        {
            ProcessCalls.RaiseLockLimit();
        }

        return KvServer.TryRaiseLimits(options.Server, out mistake) ? ExitCode.Success : ExitCode.System;
    }

    /// <summary>Locks memory when that was asked for; what went wrong, which stops nobody, or null.</summary>
    public static string? LockMemory(LaunchOptions options)
    {
        if (!options.LocksMemory)
        {
            return null;
        }

        if (!OperatingSystem.IsLinux())
        {
            return "warning: -k invalid, mlockall() not supported on this platform.  proceeding without.";
        }

        int error = ProcessCalls.LockMemory();
        return error == 0 ? null : string.Create(CultureInfo.InvariantCulture,
            $"warning: -k invalid, mlockall() failed (error {error}); raise the limit of locked memory with 'ulimit -l'");
    }
}
