using AotKv.Protocol.Binary;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>Which protocol a connection speaks.</summary>
public sealed class SessionProtocolTests
{
    // Not Noop: its opcode is a line feed.
    private static readonly string Version = Packets.Ask(BinaryOpcode.Version);

    [Fact]
    public void First_byte_decides_the_protocol()
    {
        using SessionFixture fixture = new();
        Assert.Equal(Packets.Say(BinaryOpcode.Version, "1.6.45"), fixture.Ask(Version));
        Assert.Equal("MN\r\n", fixture.Ask("mn\r\n"));
    }

    [Fact]
    public void Binary_request_on_a_text_connection_is_a_bad_line()
    {
        using SessionFixture fixture = new();
        Assert.Equal("MN\r\nERROR\r\n", fixture.Ask("mn\r\n" + Version + "\r\n"));
    }

    [Fact]
    public void Text_alone_takes_a_binary_request_as_a_line()
    {
        using SessionFixture fixture = new(new() { Protocols = WireProtocols.Text });
        using SessionDriver driver = fixture.Connect();
        Assert.Equal("ERROR\r\n", driver.Send(Version + "\r\n"));
        Assert.False(driver.IsClosed);
    }

    [Fact]
    public void Binary_alone_closes_what_begins_otherwise()
    {
        using SessionFixture fixture = new(new() { Protocols = WireProtocols.Binary });
        using SessionDriver driver = fixture.Connect();
        Assert.Equal(string.Empty, driver.Send("version\r\n"));
        Assert.True(driver.IsClosed);
        Assert.Equal(Packets.Say(BinaryOpcode.Version, "1.6.45"), fixture.Ask(Version));
    }
}
