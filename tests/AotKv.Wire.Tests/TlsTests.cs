using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>The native binary with TLS: the same conversations, and the certificates while it runs.</summary>
public sealed class TlsTests(ServerSet servers) : IClassFixture<ServerSet>
{
    /// <summary>Longer writes would take too long with a record for each byte.</summary>
    private const int LargestByteByByteBytes = 2000;

    public static TheoryData<string, string> Rows =>
        ConversationFiles.Rows(conversation => !conversation.TakesTime && !conversation.IsUdp
            && !conversation.Arguments.Contains("-c ", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Conversation_goes_as_without_tls(string file, string name)
    {
        var conversation = ConversationFiles.Find(file, name);
        ConversationTarget.TalkToAotKv(conversation, servers, Cuts.None, hasTls: true);
        if (conversation.NoCuts == null && conversation.Steps.OfType<Send>().Sum(send => send.Payload.AboutBytes) <= LargestByteByByteBytes)
            ConversationTarget.TalkToAotKv(conversation, servers, Cuts.EveryByte, hasTls: true);
    }

    [Fact]
    public void Hang_up_signal_reads_certificates_again_and_keeps_connections()
    {
        var files = WireCertificates.Write("hang-up");
        using var server = ServerProcess.Start(ServerProgram.AotKv, WireCertificates.ArgumentsOf(files));
        var endPoint = new TlsEndPoint(server.Port);
        using var before = new WireConnection(endPoint);
        WireCertificates.Write("hang-up");
        server.Signal("HUP");
        string? serial = null;
        for (var attempt = 0; attempt < 500 && (serial == null || serial == before.ServerSerial); attempt++)
        {
            Thread.Sleep(10);
            using var after = new WireConnection(endPoint);
            serial = after.ServerSerial;
        }

        Assert.NotEqual(before.ServerSerial, serial);
        before.Write("version\r\n");
        Assert.StartsWith("VERSION ", before.TakeLine(), StringComparison.Ordinal);

        File.WriteAllText(files.ChainPath, "nonsense");
        server.Signal("HUP");
        for (var attempt = 0; attempt < 500 && !server.Output.Contains("ssl_chain_cert", StringComparison.Ordinal); attempt++)
            Thread.Sleep(10);
        Assert.Contains($"-o ssl_chain_cert={files.ChainPath}", server.Output, StringComparison.Ordinal);
        using var last = new WireConnection(endPoint);
        Assert.Equal(serial, last.ServerSerial);
    }
}
