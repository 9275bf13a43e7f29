using AotKv.Protocol.Udp;

namespace AotKv.Protocol.Tests;

/// <summary>The frame of datagrams.</summary>
public sealed class UdpFrameTests
{
    [Fact]
    public void Request_of_one_datagram_is_read() => Assert.Equal(0x1234, Read([0x12, 0x34, 0, 0, 0, 1, 0, 0, (byte)'x']));

    [Fact]
    public void Number_and_last_bytes_of_a_request_do_not_matter() =>
        Assert.Equal(0xffff, Read([0xff, 0xff, 0xff, 0xff, 0, 1, 0xff, 0xff, 0]));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(255, 255)]
    public void Part_of_a_longer_message_is_ignored(byte high, byte low) => Assert.Null(Read([0, 1, 0, 0, high, low, 0, 0, (byte)'x']));

    [Fact]
    public void Datagram_without_a_payload_is_ignored()
    {
        byte[] datagram = [0, 1, 0, 0, 0, 1, 0, 0, (byte)'x'];
        for (int length = 0; length < datagram.Length; length++)
            Assert.Null(Read(datagram[..length]));
    }

    private static int? Read(byte[] datagram) => UdpFrame.TryRead(datagram, out ushort id) ? id : null;

    [Fact]
    public void Frame_is_written_big_endian()
    {
        byte[] destination = [9, 9, 9, 9, 9, 9, 9, 9, 9];
        UdpFrame.Write(destination, 0x0102, 0x0304, 0x0506);
        Assert.Equal([1, 2, 3, 4, 5, 6, 0, 0, 9], destination);
        Assert.Throws<ArgumentOutOfRangeException>(() => UdpFrame.Write(new byte[7], 0, 0, 1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1392, 1)]
    [InlineData(1393, 2)]
    [InlineData(2784, 2)]
    [InlineData(1392L * 65535, 65535)]
    [InlineData((1392L * 65535) + 1, 65535)]
    [InlineData(long.MaxValue, 65535)]
    public void Reply_takes_as_many_datagrams_as_it_needs(long length, int count) => Assert.Equal(count, UdpFrame.CountOf(length));
}
