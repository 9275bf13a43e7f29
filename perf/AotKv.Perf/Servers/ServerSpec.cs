using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AotKv.Perf.Cli;
using AotKv.Perf.Compare;
using AotKv.Perf.Driver;
using AotKv.Perf.Machine;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Servers;

/// <summary>What a server is started with.</summary>
/// <param name="MemoryMegabytes">Its memory limit.</param>
/// <param name="UnixSocket">Listen on a unix socket instead of a loopback port.</param>
/// <param name="Scenario">What will be asked.</param>
/// <param name="Threads">Its worker threads.</param>
internal sealed record ServerSettings(int MemoryMegabytes, bool UnixSocket, Scenario Scenario, int Threads = 1);

/// <summary>A server that can be started.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Path">Its program.</param>
internal abstract record ServerSpec(string Name, string Path)
{
    /// <summary>The name of this project's server in reports.</summary>
    public const string OwnName = "aotkv";

    /// <summary>Its version, for reports.</summary>
    public abstract string Version { get; }

    /// <summary>Keys must be stored before they can be read.</summary>
    public abstract bool KeepsData { get; }

    /// <summary>Whether it can take part in a case.</summary>
    public virtual bool Serves(CompareCase line) => true;

    /// <summary>The command line.</summary>
    public abstract IReadOnlyList<string> Arguments(Target target, ServerSettings settings);

    /// <summary>
    /// Reads which servers to use: <c>--memcached</c>, <c>--aotkv</c>, and where it may be left out, <c>--no-floor</c>. Servers beside these
    /// two are named with commas between them, each as <c>name=path</c>, where arguments may follow with a plus before each.
    /// </summary>
    /// <param name="arguments">The options.</param>
    /// <param name="floor">The floor server takes part.</param>
    public static List<ServerSpec> Read(ArgumentReader arguments, bool floor)
    {
        List<ServerSpec> servers = [];
        foreach (string path in arguments.Text("memcached", "/usr/bin/memcached").Split(','))
        {
            servers.Add(MemcachedSpec.Named(path) ?? MemcachedSpec.WithVersion(path));
        }

        string aotkv = arguments.Text("aotkv", "artifacts/publish/linux-x64/aotkv");
        if (aotkv != "none")
        {
            foreach (string path in aotkv.Split(','))
            {
                servers.Add(MemcachedSpec.Named(path) ?? new MemcachedSpec(OwnName, System.IO.Path.GetFullPath(path)));
            }
        }

        if (floor && !arguments.Switch("no-floor"))
        {
            servers.Add(new FloorSpec());
        }

        return servers;
    }

    /// <summary>Checks that all programs are there.</summary>
    /// <exception cref="UsageException">One is not.</exception>
    public static void RequirePresent(IReadOnlyList<ServerSpec> servers)
    {
        foreach (ServerSpec server in servers)
        {
            if (!File.Exists(server.Path))
            {
                throw new UsageException(server.Name == OwnName
                    ? $"there is no {server.Path}: publish first, or say --aotkv none"
                    : $"there is no {server.Path}: install memcached, or say --memcached PATH");
            }
        }
    }

    /// <summary>A free place to listen.</summary>
    public static Target FreeTarget(bool unixSocket)
    {
        if (unixSocket)
        {
            string name = $"aotkv-perf-{Guid.NewGuid():N}.sock";
            return new Target(new UnixDomainSocketEndPoint(System.IO.Path.Combine(System.IO.Path.GetTempPath(), name)));
        }

        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Target(probe.LocalEndPoint!);
    }
}

/// <summary>memcached, or a server that takes its command line. All get the same one.</summary>
internal sealed record MemcachedSpec(string Name, string Path) : ServerSpec(Name, Path)
{
    /// <summary>What it is given beside what all are.</summary>
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>Takes <c>name=path+argument+argument</c> apart; null when there is no name.</summary>
    public static MemcachedSpec? Named(string text)
    {
        string[] words = text.Split('+');
        int equals = words[0].IndexOf('=');
        return equals > 0
            ? new MemcachedSpec(words[0][..equals], System.IO.Path.GetFullPath(words[0][(equals + 1)..])) { Extra = words[1..] }
            : null;
    }

    /// <summary>memcached with its version as its name, so that two can stand side by side.</summary>
    /// <param name="path">The program.</param>
    public static MemcachedSpec WithVersion(string path)
    {
        string version = File.Exists(path) ? MachineInfo.FirstLineOf(path, "-V") : "memcached";
        return new MemcachedSpec(version.Replace(' ', '-'), path);
    }

    public override string Version => MachineInfo.FirstLineOf(Path, "-V");

    public override bool KeepsData => true;

    public override IReadOnlyList<string> Arguments(Target target, ServerSettings settings)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        List<string> arguments = ["-t", settings.Threads.ToString(plain), "-m", settings.MemoryMegabytes.ToString(plain), "-c", "12000", "-U", "0"];
        if (target.EndPoint is IPEndPoint address)
        {
            arguments.AddRange(["-l", address.Address.ToString(), "-p", address.Port.ToString(plain)]);
        }
        else
        {
            arguments.AddRange(["-s", target.EndPoint.ToString()!]);
        }

        if (settings.Scenario.Values.MaxBytes > 1_000_000)
        {
            arguments.AddRange(["-I", string.Create(plain, $"{(settings.Scenario.Values.MaxBytes >> 20) + 2}m")]);
        }

        if (OperatingSystem.IsLinux() && Libc.EffectiveUser() == 0)
        {
            arguments.AddRange(["-u", "root"]); // memcached does not run as root unless it is told to
        }

        arguments.AddRange(Extra);
        return arguments;
    }
}

/// <summary>The floor server of this program.</summary>
internal sealed record FloorSpec() : ServerSpec("floor", Environment.ProcessPath!)
{
    public override string Version => "a bare epoll loop that answers constants";

    public override bool KeepsData => false;

    /// <summary>It has one thread and speaks one protocol.</summary>
    public override bool Serves(CompareCase line) => line.ServerThreads == 1 && line.Protocol == WireProtocol.Classic;

    public override IReadOnlyList<string> Arguments(Target target, ServerSettings settings)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        List<string> arguments =
        [
            "floor", "--listen", target.ToString(),
            "--key-size", settings.Scenario.Keys.SizeBytes.ToString(plain),
            "--value-size", settings.Scenario.Values.MaxBytes.ToString(plain),
        ];
        if (System.IO.Path.GetFileNameWithoutExtension(Path) == "dotnet")
        {
            arguments.Insert(0, System.IO.Path.Combine(AppContext.BaseDirectory, "AotKv.Perf.dll"));
        }

        return arguments;
    }
}
