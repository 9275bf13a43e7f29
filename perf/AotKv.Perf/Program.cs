using System.Net.Sockets;
using AotKv.Perf.Cli;
using AotKv.Perf.Compare;
using AotKv.Perf.Connections;
using AotKv.Perf.Driver;
using AotKv.Perf.Floor;
using AotKv.Perf.Footprint;
using AotKv.Perf.Holding;
using AotKv.Perf.Hostile;
using AotKv.Perf.Http;
using AotKv.Perf.MissRatio;
using AotKv.Perf.Wire;
using AotKv.Perf.Workloads;

namespace AotKv.Perf;

/// <summary>The entry: one subcommand, its options, an exit code.</summary>
internal static class Program
{
    private const int UsageError = 64;

    private static int Main(string[] arguments)
    {
        string command = arguments.Length > 0 ? arguments[0] : "help";
        try
        {
            var reader = new ArgumentReader(arguments.AsSpan(Math.Min(1, arguments.Length)));
            switch (command)
            {
                case "load":
                    return LoadCommand.Run(reader);
                case "compare":
                    return CompareCommand.Run(reader, arguments);
                case "connections":
                    return ConnectionsCommand.Run(reader);
                case "hostile":
                    return HostileCommand.Run(reader);
                case "workload":
                    return WorkloadCommand.Run(reader);
                case "footprint":
                    return FootprintCommand.Run(reader);
                case "missratio":
                    return MissRatioCommand.Run(reader);
                case "density":
                    return DensityCommand.Run(reader);
                case "restart":
                    return RestartCommand.Run(reader);
                case "mapped":
                    return MappedCommand.Run(reader);
                case HttpCommand.Suite:
                    return HttpCommand.Run(reader);
                case "floor":
                    return FloorCommand.Run(reader);
                case "help" or "--help" or "-h":
                    string[] help =
                    [
                        LoadCommand.Help, CompareCommand.Help, ConnectionsCommand.Help, HostileCommand.Help, WorkloadCommand.Help, FootprintCommand.Help,
                        MissRatioCommand.Help, DensityCommand.Help, RestartCommand.Help, MappedCommand.Help,
                        HttpCommand.Help, FloorCommand.Help,
                    ];
                    Console.Out.WriteLine($"usage: AotKv.Perf COMMAND [OPTIONS]\n\n{string.Join('\n', help)}");
                    return 0;
                default:
                    throw new UsageException($"unknown command '{command}': try help");
            }
        }
        catch (UsageException mistake)
        {
            Console.Error.WriteLine($"AotKv.Perf: {mistake.Message}");
            return UsageError;
        }
        catch (Exception failure) when (failure is ReplyException or SocketException or IOException or InvalidOperationException)
        {
            Console.Error.WriteLine($"AotKv.Perf: {failure.Message}");
            return 1;
        }
    }
}
