using AotKv.Protocol.Binary;
using AotKv.Server.Auth;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>Logins on text and binary connections, and the file they are looked up in.</summary>
public sealed class SessionLoginTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly PasswordFile _file;

    public SessionLoginTests()
    {
        File.WriteAllText(_path, "joe:sec:ret\r\nann:with space\n");
        _file = PasswordFile.Load(_path, PasswordFormat.Plain);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Text_connection_is_served_only_behind_a_login()
    {
        using SessionFixture fixture = new(new() { Protocols = WireProtocols.Text, TextLogins = _file });
        string replies = fixture.Ask(
            "get login\r\nset x 0 0 9\r\njoe wrong\r\nset x 0 0 3\r\njoe\r\nset x 0 0 11\r\njoe sec:ret\r\nget login\r\nmn\r\n");
        Assert.Equal(
            "CLIENT_ERROR unauthenticated\r\nCLIENT_ERROR authentication failure\r\nCLIENT_ERROR bad authentication token format\r\nSTORED\r\nEND\r\nMN\r\n",
            replies);
    }

    [Fact]
    public void Binary_connection_is_served_only_behind_a_login()
    {
        using SessionFixture fixture = new(new() { Protocols = WireProtocols.Binary, SaslLogins = _file });
        Assert.Equal(
            Packets.Say(BinaryOpcode.SaslList, "PLAIN") + Packets.Fail(BinaryOpcode.SaslStep, BinaryStatus.AuthError)
            + Packets.Fail(BinaryOpcode.SaslAuth, BinaryStatus.AuthError) + Packets.Say(BinaryOpcode.SaslAuth, status: BinaryStatus.AuthContinue)
            + Packets.Say(BinaryOpcode.SaslStep, "Authenticated") + Packets.Say(BinaryOpcode.Noop),
            fixture.Ask(
                Packets.Ask(BinaryOpcode.SaslList) + Packets.Ask(BinaryOpcode.SaslStep, "PLAIN", "\0ann\0with space")
                + Packets.Ask(BinaryOpcode.SaslAuth, "PLAIN", "\0ann\0wrong") + Packets.Ask(BinaryOpcode.SaslAuth, "PLAIN")
                + Packets.Ask(BinaryOpcode.SaslStep, "PLAIN", "\0ann\0with space") + Packets.Ask(BinaryOpcode.Noop)));
        Assert.Equal(Packets.Fail(BinaryOpcode.Noop, BinaryStatus.AuthError), fixture.Ask(Packets.Ask(BinaryOpcode.Noop) + Packets.Ask(BinaryOpcode.Noop)));
    }

    [Fact]
    public void Reload_of_a_bad_file_keeps_the_logins()
    {
        File.WriteAllText(_path, "no colon\n");
        Assert.Contains("line 1", Assert.Throws<PasswordFileException>(_file.Reload).Message, StringComparison.Ordinal);
        Assert.True(_file.Verify("joe"u8, "sec:ret"u8));
        File.WriteAllText(_path, "joe:new");
        _file.Reload();
        Assert.False(_file.Verify("joe"u8, "sec:ret"u8));
        Assert.True(_file.Verify("joe"u8, "new"u8));
        Assert.False(_file.Verify("joe"u8, "new\0"u8));
    }
}
