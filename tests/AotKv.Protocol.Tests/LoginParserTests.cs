using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>What a client sends before it is authenticated on a text connection.</summary>
public sealed class LoginParserTests
{
    private static string Line(ReadOnlySpan<byte> input)
    {
        ParseStatus status = LoginParser.ParseLine(input, out Request request);
        return status switch
        {
            ParseStatus.NeedMore => request.Equals(default(Request)) ? "NeedMore" : "NeedMore, but the request has changed",
            ParseStatus.Done => $"{request.Verb} bytes={request.ValueLength} line={request.LineLength}",
            _ => $"Bad {request.Error} swallow={request.SwallowLength} line={request.LineLength}",
        };
    }

    [Theory]
    [InlineData("set k 0 0 10\r\n", "Set bytes=10 line=14")]
    [InlineData("set k 0 0 10\n", "Set bytes=10 line=13")]
    [InlineData("set auth x y 16384\r\n", "Set bytes=16384 line=20")]
    [InlineData("setx k 0 0 0 noreply and more\r\n", "Set bytes=0 line=31")]
    [InlineData("settings   a  b  c  5  \r\n", "Set bytes=5 line=25")]
    [InlineData("set k 0 0 16385\r\n", "Bad LoginTooLong swallow=0 line=17")]
    [InlineData("set k 0 0 4294967295\r\n", "Bad LoginTooLong swallow=0 line=22")]
    [InlineData("set k 0 0 4294967296\r\n", "Bad Unauthenticated swallow=0 line=22")]
    [InlineData("set k 0 0 -1\r\n", "Bad Unauthenticated swallow=0 line=14")]
    [InlineData("set k 0 0 x\r\n", "Bad Unauthenticated swallow=0 line=13")]
    [InlineData("set k 0 0 000000000001\r\n", "Bad Unauthenticated swallow=0 line=24")]
    [InlineData("set k 0 0\r\n", "Bad Unauthenticated swallow=0 line=11")]
    [InlineData("get k a b 5\r\n", "Bad Unauthenticated swallow=0 line=13")]
    [InlineData("Set k 0 0 5\r\n", "Bad Unauthenticated swallow=0 line=13")]
    [InlineData(" set k 0 0 5\r\n", "Bad Unauthenticated swallow=0 line=14")]
    [InlineData("version\r\n", "Bad Unauthenticated swallow=0 line=9")]
    [InlineData("get ab\n", "Bad Unauthenticated swallow=0 line=7")]
    [InlineData("quit\r\n", "Bad LoginTooShort swallow=0 line=0")]
    [InlineData("\r\n", "Bad LoginTooShort swallow=0 line=0")]
    [InlineData("\n", "Bad LoginTooShort swallow=0 line=0")]
    [InlineData("     \n", "Bad LoginTooShort swallow=0 line=0")]
    [InlineData("      \n", "Bad Unauthenticated swallow=0 line=7")]
    public void Login_line_is_read(string line, string said)
    {
        Assert.Equal(said, Line(Said.Bytes(line)));
        Assert.Equal(said, Line(Said.Bytes(line + "user pass\r\n")));
        for (int cut = 0; cut < line.Length; cut++)
            Assert.Equal("NeedMore", Line(Said.Bytes(line[..cut])));
    }

    [Fact]
    public void Line_without_an_end_is_too_long_behind_2048_bytes()
    {
        Assert.Equal("NeedMore", Line(Said.Bytes(new string('g', 2048))));
        Assert.Equal("Bad LineTooLong swallow=0 line=0", Line(Said.Bytes("get ".PadRight(2049, 'g'))));
        Assert.Equal("Set bytes=5 line=3011", Line(Said.Bytes($"set {new string('k', 3000)} 0 0 5" + "\n")));
    }

    private static string Data(ReadOnlySpan<byte> input, int length)
    {
        ParseStatus status = LoginParser.ParseData(input, length, out int name, out ProtocolError error);
        return status == ParseStatus.Done ? $"[{Said.Text(input[..name])}] [{Said.Text(input[(name + 1)..length])}] {error}" : $"{status} {error}";
    }

    [Theory]
    [InlineData("user pass\r\n", "[user] [pass] None")]
    [InlineData("user pass with spaces \r\n", "[user] [pass with spaces ] None")]
    [InlineData("user \r\n", "[user] [] None")]
    [InlineData(" pass\r\n", "[] [pass] None")]
    [InlineData(" \r\n", "[] [] None")]
    [InlineData("\xff\0 \xfe\r\n", "[\xff\0] [\xfe] None")]
    [InlineData("userpass\r\n", "Bad BadLoginFormat")]
    [InlineData("\r\n", "Bad BadLoginFormat")]
    [InlineData("user pass\n\n", "Bad BadLoginEnd")]
    [InlineData("user passxx", "Bad BadLoginEnd")]
    [InlineData("user pass\r\r", "Bad BadLoginEnd")]
    public void Login_data_is_read(string data, string said)
    {
        byte[] input = Said.Bytes(data);
        Assert.Equal(said, Data(input, input.Length - 2));
        Assert.Equal(said, Data([.. input, .. "get x y z"u8], input.Length - 2));
        for (int cut = 0; cut < input.Length; cut++)
            Assert.Equal("NeedMore None", Data(input.AsSpan(0, cut), input.Length - 2));
    }
}
