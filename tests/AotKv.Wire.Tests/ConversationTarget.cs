using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>Whom the conversations are held with.</summary>
internal static class ConversationTarget
{
    /// <summary>The versions of memcached whose differences the conversations know.</summary>
    private static readonly string[] KnownVersions = ["1.6.18", "1.6.45"];

    /// <summary>Holds a conversation with aotkv, or with the server at <c>AOTKV_WIRE_ADDRESS</c> if that is set.</summary>
    public static void TalkToAotKv(Conversation conversation, ServerSet servers, Cuts cuts, int serverNumber = 0, bool hasTls = false)
    {
        var address = Environment.GetEnvironmentVariable("AOTKV_WIRE_ADDRESS");
        if (string.IsNullOrEmpty(address))
        {
            var own = servers.Get(ServerProgram.AotKv, conversation.Arguments, UserOf(conversation, serverNumber), hasTls);
            Talk(conversation, own, ServerNames.AotKv, cuts);
            return;
        }

        var endPoint = Parse(address);
        var name = ServerSet.NameOf(endPoint);
        if (conversation.Arguments.Length > 0)
            Assert.Skip($"needs a server that was started with {conversation.Arguments}");
        if (conversation.Fresh)
            Assert.Skip("needs a server that has served nobody else");
        if (conversation.OnlyAotKv != null && name != ServerNames.AotKv)
            Assert.Skip($"not for memcached: {conversation.OnlyAotKv}");

        // A given server is one for all.
        lock (KnownVersions)
            ConversationRunner.Run(conversation, endPoint, name, cuts);
    }

    /// <summary>Holds a conversation with this machine's memcached.</summary>
    public static void TalkToMemcached(Conversation conversation, ServerSet servers)
    {
        var server = servers.Get(ServerProgram.Memcached, conversation.Arguments, UserOf(conversation, 0));
        // A memcached that was built outside its repository calls itself UNKNOWN; one with logins does not say what it is.
        var version = Environment.GetEnvironmentVariable("AOTKV_MEMCACHED_VERSION")
            ?? ServerSet.NameOf(servers.Get(ServerProgram.Memcached, "", "version").EndPoint);
        if (!KnownVersions.Contains(version))
            Assert.Skip($"memcached {version} is here; the conversations know {string.Join(" and ", KnownVersions)}");
        Talk(conversation, server, version, Cuts.None);
    }

    private static string UserOf(Conversation conversation, int serverNumber) =>
        conversation.Fresh ? $"{conversation} {serverNumber}" : $"{serverNumber}";

    private static void Talk(Conversation conversation, ServerProcess server, string name, Cuts cuts)
    {
        try
        {
            ConversationRunner.Run(conversation, server.EndPoint, name, cuts);
        }
        catch (Exception e) when (e is ConversationException or System.Net.Sockets.SocketException)
        {
            var state = server.IsRunning ? "The server is still running" : "The server has ended";
            throw new ConversationException($"{e.Message}\n{state}. It said: {server.Output}");
        }
    }

    private static EndPoint Parse(string address)
    {
        if (address.Contains('/', StringComparison.Ordinal))
            return new UnixDomainSocketEndPoint(address);
        var colon = address.LastIndexOf(':');
        var host = Dns.GetHostAddresses(address[..colon], AddressFamily.InterNetwork)[0];
        return new IPEndPoint(host, int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}
