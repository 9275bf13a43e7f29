using System.Globalization;
using AotKv.CommandLine;
using AotKv.Http;

namespace AotKv.Process;

/// <summary>
/// The threads of the HTTP door on Linux. The framework waits for sockets on threads of its own; with inline completions a request is served
/// on the one that has read it, which spares two changes of thread a request. They are at most half as many as there are cores and give way
/// to the memcached loops. Both settings are of the whole process, so they are made only where nothing else uses the framework's sockets
/// asynchronously: not beside TLS or UDP.
/// </summary>
internal static class HttpThreads
{
    /// <summary>At this priority a thread weighs a ninth of an ordinary one.</summary>
    private const int Nice = 10;

    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Sets the process up for a door. Before the first socket; what the environment says already stays.</summary>
    /// <returns>How the door is to be opened; null when there is to be none.</returns>
    public static HttpOptions? Prepare(LaunchOptions options)
    {
        bool isAlone = OperatingSystem.IsLinux() && options.Server.Certificates == null && options.Server.UdpPort == 0;
        if (options.Http == null || !isAlone)
        {
            return options.Http;
        }

        SetUnlessSet(Inline, "1");
        SetUnlessSet(Count, Math.Max(1, Environment.ProcessorCount / 2).ToString(CultureInfo.InvariantCulture));
        return options.Http with { EnterThread = static () => ProcessCalls.GiveWay(Nice) };
    }

    private static void SetUnlessSet(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) == null)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
