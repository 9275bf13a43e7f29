using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

public sealed class CasDisabledTests
{
    [Fact]
    public void Gets_says_0_and_cas_never_matches()
    {
        using SessionFixture fixture = new(new ServerOptions { CasDisabled = true });
        Assert.Equal("STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\n", fixture.Ask("set a 0 0 1\r\n1\r\nget a\r\n"));
        Assert.Equal("VALUE a 0 1 0\r\n1\r\nEND\r\n", fixture.Ask("gets a\r\n"));
        Assert.Equal("EXISTS\r\nEXISTS\r\nNOT_FOUND\r\n", fixture.Ask("cas a 0 0 1 0\r\n2\r\ncas a 0 0 1 5\r\n2\r\ncas b 0 0 1 0\r\n2\r\n"));
        Assert.Equal("VALUE a 0 1\r\n1\r\nEND\r\n", fixture.Ask("get a\r\n"));
    }
}
