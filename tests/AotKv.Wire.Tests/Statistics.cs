using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>Statistics of a server.</summary>
internal static class Statistics
{
    /// <summary>The names and values that a command answers with.</summary>
    public static Dictionary<string, string> Of(ServerProcess server, string command)
    {
        using var connection = new WireConnection(server.EndPoint);
        connection.Write(command + "\r\n");
        var table = new Dictionary<string, string>();
        while (connection.TakeLine() is { } line && line != "END")
        {
            var words = line.Split(' ', 3);
            Assert.True(words is ["STAT", _, _], line);
            table.Add(words[1], words[2]);
        }

        return table;
    }
}
