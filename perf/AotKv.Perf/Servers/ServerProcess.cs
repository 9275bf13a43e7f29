using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;

namespace AotKv.Perf.Servers;

/// <summary>A server that this program has started, and stops.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int Terminate = 15;
    private const long StartTimeoutNanoseconds = 120_000_000_000;

    private static readonly List<Process> Running = [];

    private readonly Process _process;
    private readonly StringBuilder _messages = new();

    private ServerProcess(Process process, Target target, ServerSpec spec)
    {
        _process = process;
        Target = target;
        Spec = spec;
    }

    /// <summary>What it is.</summary>
    public ServerSpec Spec { get; }

    /// <summary>Where it listens.</summary>
    public Target Target { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Time from just before it was started to its first answer to <c>version</c>.</summary>
    public long ReadyAfterNanoseconds { get; private set; }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="spec">Which.</param>
    /// <param name="settings">With what.</param>
    /// <param name="core">The core it is bound to; below 0 any.</param>
    /// <param name="at">Where it is to listen; null for a free place.</param>
    /// <exception cref="InvalidOperationException">It ended, or did not answer for 120 s; the message holds what it printed.</exception>
    public static ServerProcess Start(ServerSpec spec, ServerSettings settings, int core, Target? at = null)
    {
        Target target = at ?? ServerSpec.FreeTarget(settings.UnixSocket);
        var start = new ProcessStartInfo(spec.Path, spec.Arguments(target, settings))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        long before = Nanoseconds.Now();
        Process? process = null;
        if (OperatingSystem.IsLinux())
        {
            Affinity.While(core, () => process = Launch(start, out before));
        }
        else
        {
            process = Launch(start, out before);
        }

        var server = new ServerProcess(process!, target, spec);
        try
        {
            server.WaitUntilReady(before);
            server.CollectMessages();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Ends every server that is still running; for the handler of a signal.</summary>
    public static void KillAll()
    {
        lock (Running)
        {
            foreach (Process process in Running)
            {
                process.Kill();
            }

            Running.Clear();
        }
    }

    /// <summary>Stops it politely and waits for its end.</summary>
    /// <param name="patience">How long.</param>
    /// <exception cref="InvalidOperationException">It still runs.</exception>
    public void Stop(TimeSpan patience)
    {
        if (OperatingSystem.IsLinux() && !_process.HasExited)
        {
            _ = Libc.Kill(_process.Id, Terminate);
        }

        if (!_process.WaitForExit(patience))
        {
            throw new InvalidOperationException($"{Spec.Path} did not end within {patience}");
        }
    }

    /// <summary>Stops it: politely, and after three seconds by force.</summary>
    public void Dispose()
    {
        lock (Running)
        {
            Running.Remove(_process);
        }

        if (!_process.HasExited)
        {
            if (OperatingSystem.IsLinux())
            {
                _ = Libc.Kill(_process.Id, Terminate);
            }

            if (!_process.WaitForExit(3000))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
        if (Target.EndPoint is UnixDomainSocketEndPoint path)
        {
            File.Delete(path.ToString()!);
        }
    }

    private static Process Launch(ProcessStartInfo start, out long before)
    {
        lock (Running)
        {
            before = Nanoseconds.Now();
            Process process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started");
            Running.Add(process);
            return process;
        }
    }

    private void WaitUntilReady(long before)
    {
        byte[] reply = new byte[256];
        while (true)
        {
            try
            {
                using Socket socket = Target.Connect();
                socket.ReceiveTimeout = 5000;
                socket.Send("version\r\n"u8);
                if (socket.Receive(reply) > 8 && reply.AsSpan().StartsWith("VERSION"u8))
                {
                    ReadyAfterNanoseconds = Nanoseconds.Now() - before;
                    return;
                }
            }
            catch (SocketException)
            {
                // It does not listen yet.
            }

            if (_process.HasExited || Nanoseconds.Now() - before > StartTimeoutNanoseconds)
            {
                string said = _process.HasExited
                    ? _process.StandardError.ReadToEnd() + _process.StandardOutput.ReadToEnd()
                    : "no answer for 120 s";
                throw new InvalidOperationException($"{Spec.Path} {string.Join(' ', _process.StartInfo.ArgumentList)}: {said.Trim()}");
            }

            Thread.Sleep(TimeSpan.FromMicroseconds(200));
        }
    }

    private void CollectMessages()
    {
        _process.ErrorDataReceived += (_, line) => _messages.AppendLine(line.Data);
        _process.OutputDataReceived += (_, line) => _messages.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }
}
