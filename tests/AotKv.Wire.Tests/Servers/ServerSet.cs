using System.Net;
using AotKv.Wire.Tests.Scripting;

namespace AotKv.Wire.Tests.Servers;

/// <summary>The servers of one test class, started when first asked for and shared by its tests.</summary>
public sealed class ServerSet : IDisposable
{
    private readonly Dictionary<(string Path, string Arguments, string User, bool HasTls), ServerProcess> _servers = [];

    /// <summary>The server with these flags of this user; it is started again if a test has killed it.</summary>
    internal ServerProcess Get(ServerProgram program, string arguments, string user, bool hasTls = false)
    {
        lock (_servers)
        {
            var key = (program.Path, arguments, user, hasTls);
            var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!_servers.TryGetValue(key, out var server) || !server.IsRunning)
                _servers[key] = server = hasTls ? ServerProcess.StartWithTls(program, words) : ServerProcess.Start(program, words);
            return server;
        }
    }

    /// <summary>The name of a server in the conversations.</summary>
    internal static string NameOf(EndPoint server)
    {
        using var connection = new WireConnection(server);
        connection.Write("stats aotkv\r\n");
        if (connection.TakeLine()?.StartsWith("STAT ", StringComparison.Ordinal) == true)
            return ServerNames.AotKv;

        using var second = new WireConnection(server);
        second.Write("version\r\n");
        return second.TakeLine()?.Split(' ')[1] ?? throw new InvalidOperationException($"{server} does not say its version");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var server in _servers.Values)
            server.Dispose();
    }
}
