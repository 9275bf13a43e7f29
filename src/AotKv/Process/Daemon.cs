using System.Collections;
using System.Globalization;

namespace AotKv.Process;

/// <summary>
/// Running in the background. A managed process has threads from its first moment, so it must not fork: it starts itself again in a
/// session of its own, with one more argument in front that names the descriptor on which the new process says that it is ready.
/// The first process waits for that, so its exit code tells whether the server runs.
/// </summary>
internal sealed class Daemon
{
    private const string ChildMark = "--daemon-child=";
    private const int ChildDescriptor = 3;
    private const byte Ready = 1;

    private readonly int _descriptor;

    private Daemon(int descriptor) => _descriptor = descriptor;

    /// <summary>The handle of the background process on its starter when this is one; the mark is taken off the arguments.</summary>
    public static Daemon? Recognize(ref string[] arguments)
    {
        if (arguments.Length == 0 || !arguments[0].StartsWith(ChildMark, StringComparison.Ordinal)
            || !int.TryParse(arguments[0].AsSpan(ChildMark.Length), CultureInfo.InvariantCulture, out int descriptor))
        {
            return null;
        }

        arguments = arguments[1..];
        return new(descriptor);
    }

    /// <summary>Starts this program again in the background and waits until it is ready or has ended.</summary>
    /// <returns>The exit code for this process.</returns>
    public static int Start(string[] arguments)
    {
        string? program = Environment.ProcessPath;
        if (!OperatingSystem.IsLinux() || program == null || Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            StandardError.Complain("-d: running in the background needs Linux and the native program");
            return ExitCode.Usage;
        }

        if (!ProcessCalls.TryPipe(out int readEnd, out int writeEnd))
        {
            StandardError.Complain("-d: failed to daemon() in order to daemonize: no descriptors are left");
            return ExitCode.Failure;
        }

        string[] environment = [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")];
        int error = ProcessCalls.Spawn(
            program, [$"{ChildMark}{ChildDescriptor}", .. arguments], environment, writeEnd, ChildDescriptor, out int processId);
        ProcessCalls.CloseDescriptor(writeEnd);
        if (error != 0)
        {
            StandardError.Complain($"-d: failed to daemon() in order to daemonize: {program} cannot be started (error {error})");
            return ExitCode.Failure;
        }

        bool ready = ProcessCalls.TryReadByte(readEnd, out _);
        return ready ? ExitCode.Success : ProcessCalls.WaitForExit(processId);
    }

    /// <summary>The server is ready: leaves the working directory and the terminal, and lets the starter go.</summary>
    /// <param name="keepErrors">Standard error stays where it is, as memcached leaves it with -v.</param>
    /// <param name="keepDirectory">The working directory stays, as memcached leaves it with -r: a core file goes there.</param>
    public void Complete(bool keepErrors, bool keepDirectory)
    {
        if (!keepDirectory)
        {
            Directory.SetCurrentDirectory("/");
        }

        if (!keepErrors)
        {
            ProcessCalls.Silence(2);
        }

        ProcessCalls.WriteByte(_descriptor, Ready);
        ProcessCalls.CloseDescriptor(_descriptor);
    }
}
