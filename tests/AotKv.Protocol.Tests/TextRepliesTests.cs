using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>The fixed replies. Clients compare these texts, so they are written down a second time here.</summary>
public sealed class TextRepliesTests
{
    [Theory]
    [InlineData(ProtocolError.None, "")]
    [InlineData(ProtocolError.UnknownCommand, "ERROR\r\n")]
    [InlineData(ProtocolError.BadCommandLine, "CLIENT_ERROR bad command line format\r\n")]
    [InlineData(ProtocolError.DeleteUsage, "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n")]
    [InlineData(ProtocolError.InvalidExptime, "CLIENT_ERROR invalid exptime argument\r\n")]
    [InlineData(ProtocolError.InvalidDelta, "CLIENT_ERROR invalid numeric delta argument\r\n")]
    [InlineData(ProtocolError.BadDataChunk, "CLIENT_ERROR bad data chunk\r\n")]
    [InlineData(ProtocolError.LineTooLong, "")]
    [InlineData(ProtocolError.ForeignProtocol, "")]
    [InlineData(ProtocolError.BadFlagNumber, "CLIENT_ERROR bad token in command line format\r\n")]
    [InlineData(ProtocolError.BadFlagDelta, "CLIENT_ERROR invalid numeric delta value\r\n")]
    [InlineData(ProtocolError.BadFlagInitial, "CLIENT_ERROR invalid numeric initial value\r\n")]
    [InlineData(ProtocolError.InvalidFlag, "CLIENT_ERROR invalid flag\r\n")]
    [InlineData(ProtocolError.DuplicateFlag, "CLIENT_ERROR duplicate flag\r\n")]
    [InlineData(ProtocolError.InvalidOrDuplicateFlag, "CLIENT_ERROR invalid or duplicate flag\r\n")]
    [InlineData(ProtocolError.TooManyFlags, "CLIENT_ERROR options flags are too long\r\n")]
    [InlineData(ProtocolError.OpaqueTooLong, "CLIENT_ERROR opaque token too long\r\n")]
    [InlineData(ProtocolError.KeyNotBase64, "CLIENT_ERROR error decoding key\r\n")]
    [InlineData(ProtocolError.InvalidSetMode, "CLIENT_ERROR invalid mode for ms M token\r\n")]
    [InlineData(ProtocolError.InvalidArithmeticMode, "CLIENT_ERROR invalid mode for ma M token\r\n")]
    [InlineData(ProtocolError.Unauthenticated, "CLIENT_ERROR unauthenticated\r\n")]
    [InlineData(ProtocolError.LoginTooLong, "CLIENT_ERROR auth token too long\r\n")]
    [InlineData(ProtocolError.BadLoginEnd, "CLIENT_ERROR bad command line termination\r\n")]
    [InlineData(ProtocolError.BadLoginFormat, "CLIENT_ERROR bad authentication token format\r\n")]
    [InlineData(ProtocolError.LoginTooShort, "")]
    public void For_every_error_has_memcacheds_reply(ProtocolError error, string reply) =>
        Assert.Equal(reply, Said.Text(TextReplies.For(error)));

    [Fact]
    public void For_every_error_is_covered_above() => Assert.Equal(25, Enum.GetValues<ProtocolError>().Length);

    [Fact]
    public void Replies_read_as_memcacheds()
    {
        Assert.Equal("STORED\r\n", Said.Text(TextReplies.Stored));
        Assert.Equal("NOT_STORED\r\n", Said.Text(TextReplies.NotStored));
        Assert.Equal("EXISTS\r\n", Said.Text(TextReplies.Exists));
        Assert.Equal("NOT_FOUND\r\n", Said.Text(TextReplies.NotFound));
        Assert.Equal("DELETED\r\n", Said.Text(TextReplies.Deleted));
        Assert.Equal("TOUCHED\r\n", Said.Text(TextReplies.Touched));
        Assert.Equal("OK\r\n", Said.Text(TextReplies.Ok));
        Assert.Equal("END\r\n", Said.Text(TextReplies.End));
        Assert.Equal("RESET\r\n", Said.Text(TextReplies.Reset));
        Assert.Equal("\r\n", Said.Text(TextReplies.LineEnd));
        Assert.Equal("VERSION 1.6.45\r\n", Said.Text(TextReplies.Version));
        Assert.Equal("ERROR Too many open connections\r\n", Said.Text(TextReplies.TooManyConnections));
        Assert.Equal("CLIENT_ERROR cannot increment or decrement non-numeric value\r\n", Said.Text(TextReplies.NonNumeric));
        Assert.Equal("CLIENT_ERROR flush_all not allowed\r\n", Said.Text(TextReplies.FlushNotAllowed));
        Assert.Equal("CLIENT_ERROR invalid shutdown mode\r\n", Said.Text(TextReplies.InvalidShutdownMode));
        Assert.Equal("SERVER_ERROR: shutdown not enabled\r\n", Said.Text(TextReplies.ShutdownNotEnabled));
        Assert.Equal("SERVER_ERROR object too large for cache\r\n", Said.Text(TextReplies.TooLarge));
        Assert.Equal("SERVER_ERROR out of memory storing object\r\n", Said.Text(TextReplies.OutOfMemoryStoring));
        Assert.Equal("SERVER_ERROR Out of memory during read\r\n", Said.Text(TextReplies.OutOfMemoryReading));
        Assert.Equal("SERVER_ERROR out of memory writing get response\r\n", Said.Text(TextReplies.OutOfMemoryWriting));
        Assert.Equal("SERVER_ERROR out of memory\r\n", Said.Text(TextReplies.OutOfMemory));
        Assert.Equal("CLIENT_ERROR authentication failure\r\n", Said.Text(TextReplies.LoginFailed));
        Assert.Equal("MN\r\n", Said.Text(TextReplies.MetaNoop));
        Assert.Equal("EN\r\n", Said.Text(TextReplies.MetaMiss));
    }
}
