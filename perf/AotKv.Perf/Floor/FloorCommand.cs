using System.Runtime.InteropServices;
using AotKv.Perf.Cli;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Floor;

/// <summary><c>floor</c>: runs the floor server until a signal, or until its parent has ended.</summary>
internal static class FloorCommand
{
    public const string Help = """
          floor        serve constants from a bare event loop
            --listen ADDRESS        host:port or unix:path                 [127.0.0.1:11311]
            --key-size N            length of the keys that will be asked  [16]
            --value-size N          length of the value it answers         [100]
        """;

    private const int ParentDeathSignal = 1;
    private const int Terminate = 15;

    public static int Run(ArgumentReader arguments)
    {
        string listen = arguments.Text("listen", "127.0.0.1:11311");
        int keyBytes = (int)arguments.Integer("key-size", 16, KeySpace.MinSizeBytes, KeySpace.MaxSizeBytes);
        int valueBytes = (int)arguments.Integer("value-size", 100, 0, 1 << 30);
        arguments.End();
        Target target = Target.Parse(listen) ?? throw new UsageException($"--listen cannot be read: '{listen}'");
        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));
        if (OperatingSystem.IsLinux())
        {
            _ = Libc.ProcessControl(ParentDeathSignal, Terminate);
        }

        using var server = new FloorServer(target, keyBytes, valueBytes);
        server.Run(stop.Token);
        return 0;
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
