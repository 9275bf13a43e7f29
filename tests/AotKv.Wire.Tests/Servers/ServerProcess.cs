using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotKv.Wire.Tests.Servers;

/// <summary>A running server of its own: on a free loopback port, with its output kept, killed at the end.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndOfOutputPatience = TimeSpan.FromSeconds(30);

    // Below the ports that the system gives to clients. Each is given out once, so that no two tests of a run get the same.
    private const int FirstPort = 20_000, LastPort = 31_999;

    private static int LastGiven = Random.Shared.Next(FirstPort, LastPort);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _openStreams = 2;

    private ServerProcess(ServerProgram program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program.Path, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)EndPoint).Port;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has not ended.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>What it wrote to its standard output and error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts a server on a free port and waits until it accepts connections.</summary>
    public static ServerProcess Start(ServerProgram program, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var server = new ServerProcess(program,
                [.. program.Arguments, "-l", "127.0.0.1", "-p", $"{port}", .. arguments.Select(argument => Fill(argument, port))]);
            server.EndPoint = new IPEndPoint(IPAddress.Loopback, port);
            if (server.WaitUntilReady())
                return server;

            var output = server.Output;
            server.Dispose();
            // Somebody else may have taken the port in between.
            if (attempt == 3 || !output.Contains("in use", StringComparison.OrdinalIgnoreCase))
                throw new InvalidOperationException($"{program.Path} {string.Join(' ', arguments)} does not serve. It said: {output}");
        }
    }

    /// <summary>Puts the port, and the file of passwords beside the conversations, in their places.</summary>
    private static string Fill(string argument, int port) => argument
        .Replace("{port}", $"{port}", StringComparison.Ordinal)
        .Replace("{passwords}", Repository.TestFile("conversations", "passwords.txt"), StringComparison.Ordinal);

    /// <summary>Starts a server with TLS on a free port and waits until it accepts connections.</summary>
    public static ServerProcess StartWithTls(ServerProgram program, params string[] arguments)
    {
        var server = Start(program, [.. WireCertificates.Arguments, .. arguments]);
        server.EndPoint = new TlsEndPoint(server.Port);
        return server;
    }

    /// <summary>Starts a server on a unix socket and waits until it accepts connections.</summary>
    public static ServerProcess StartOnUnixSocket(ServerProgram program, string path, params string[] arguments)
    {
        var server = new ServerProcess(program, [.. program.Arguments, "-s", path, .. arguments])
        {
            EndPoint = new UnixDomainSocketEndPoint(path),
        };
        if (server.WaitUntilReady())
            return server;
        var output = server.Output;
        server.Dispose();
        throw new InvalidOperationException($"{program.Path} does not serve on {path}. It said: {output}");
    }

    /// <summary>Starts a program and lets it be: no port is given and nothing is waited for.</summary>
    public static ServerProcess StartPlain(ServerProgram program, params string[] arguments) =>
        new(program, [.. program.Arguments, .. arguments]);

    /// <summary>A port that is free now, and that nobody else in this process is given.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref LastGiven) % (LastPort - FirstPort + 1));
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try another one.
            }
        }
    }

    /// <summary>Whether somebody accepts connections there.</summary>
    public static bool Accepts(EndPoint endPoint)
    {
        using var socket = endPoint is IPEndPoint
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends a signal by its name, such as TERM.</summary>
    public void Signal(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        using var kill = Process.Start("sh", ["-c", $"kill -{name} {Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end; the exit code, or null when it does not end.</summary>
    public int? WaitForExit(TimeSpan patience)
    {
        if (!_process.WaitForExit(patience))
            return null;
        WaitForEndOfOutput();
        return _process.ExitCode;
    }

    /// <summary>Waits until nobody holds its standard output and error any more; says whether that is so.</summary>
    public bool WaitForEndOfOutput() => _outputEnded.Task.Wait(EndOfOutputPatience);

    /// <summary>A figure from the kernel in bytes, such as VmRSS.</summary>
    public long MemoryBytes(string name)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsRunning)
            _process.Kill();
        _process.WaitForExit(StartPatience);
        WaitForEndOfOutput();
        _process.Dispose();
        TestContext.Current.TestOutputHelper?.WriteLine($"server output: {Output}");
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (e.Data == null)
        {
            if (Interlocked.Decrement(ref _openStreams) == 0)
                _outputEnded.SetResult();
            return;
        }

        lock (_output)
            _output.AppendLine(e.Data);
    }

    private bool WaitUntilReady()
    {
        for (var waited = Stopwatch.StartNew(); IsRunning && waited.Elapsed < StartPatience; Thread.Sleep(2))
        {
            if (Accepts(EndPoint))
                return true;
        }

        return false;
    }
}
