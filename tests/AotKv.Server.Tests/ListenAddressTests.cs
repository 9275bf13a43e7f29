namespace AotKv.Server.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", null)]
    [InlineData("localhost:11212", "localhost", 11212)]
    [InlineData("::1", "::1", null)]
    [InlineData("fe80::1:2", "fe80::1:2", null)]
    [InlineData("[::1]", "::1", null)]
    [InlineData("[::1]:11213", "::1", 11213)]
    [InlineData("*", "*", null)]
    [InlineData("*:5", "*", 5)]
    public void TryParse_address_gives_host_and_port(string text, string host, int? port)
    {
        Assert.True(ListenAddress.TryParse(text, out ListenAddress address));
        Assert.Equal(new ListenAddress(host, port), address);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":11211")]
    [InlineData("host:")]
    [InlineData("host:x")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("[::1")]
    [InlineData("[]")]
    [InlineData("[::1]11211")]
    public void TryParse_something_else_says_no(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Theory]
    [InlineData("::1", 5, "[::1]:5")]
    [InlineData("::1", null, "[::1]")]
    [InlineData("host", 5, "host:5")]
    public void ToString_can_be_parsed_again(string host, int? port, string text) => Assert.Equal(text, new ListenAddress(host, port).ToString());
}
