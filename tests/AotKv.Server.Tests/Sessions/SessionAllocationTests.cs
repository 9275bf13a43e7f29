using System.Text;
using AotKv.Protocol.Binary;
using AotKv.Server.Sessions;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>From parse to reply, nothing is allocated on the managed heap.</summary>
public sealed class SessionAllocationTests
{
    [Theory]
    [InlineData("get hit\r\n")]
    [InlineData("get miss\r\n")]
    [InlineData("gets hit\r\n")]
    [InlineData("gat 100 hit\r\n")]
    [InlineData("set hit 0 0 5\r\nhello\r\n")]
    [InlineData("set ttl 0 100 5\r\nhello\r\n")]
    [InlineData("add hit 0 0 5\r\nhello\r\n")]
    [InlineData("append piece 0 0 0\r\n\r\n")]
    [InlineData("cas hit 0 0 5 1\r\nhello\r\n")]
    [InlineData("delete miss\r\n")]
    [InlineData("set gone 0 0 1\r\n1\r\ndelete gone\r\n")]
    [InlineData("incr number 1\r\n")]
    [InlineData("decr number 1\r\n")]
    [InlineData("touch hit 100\r\n")]
    [InlineData("get hit miss a b c d e f g h i j k l m n o p q r s t hit\r\n")]
    [InlineData("get hit\r\nget miss\r\nset hit 0 0 5\r\nhello\r\nincr number 1\r\nget hit\r\ndelete miss\r\nversion\r\n")]
    [InlineData("mg hit v k t f c s Oabc\r\n")]
    [InlineData("mg aGl0 b v\r\nmg miss v k\r\nmg hit T100 v\r\n")]
    [InlineData("mg made N100 v\r\nmd made\r\n")]
    [InlineData("ms hit 5 c T100\r\nhello\r\nms hit 5 E77\r\nhello\r\nms aGl0 5 b\r\nhello\r\n")]
    [InlineData("md miss\r\nms gone 1\r\n1\r\nmd gone q\r\n")]
    [InlineData("ma number v t c\r\nma number MD D2\r\nme hit\r\nmn\r\n")]
    [InlineData("bogus\r\n")]
    [InlineData("set hit 0 0 5\r\nhello world\r\n")]
    public void Process_after_warm_up_allocates_nothing(string requests)
    {
        using SessionFixture fixture = new();
        fixture.Ask("set hit 0 0 5\r\nhello\r\nset number 0 0 10\r\n1000000000\r\nset piece 0 0 1\r\nx\r\n");
        using Session session = new(fixture.Host, id: 9);
        byte[] input = Encoding.ASCII.GetBytes(requests);
        byte[] reply = new byte[ServerLimits.ReplyBufferBytes];
        Assert.Equal(0, Allocated(() => session.Process(input, reply, int.MaxValue)));
    }

    [Fact]
    public void Process_of_binary_requests_after_warm_up_allocates_nothing()
    {
        using SessionFixture fixture = new();
        using Session session = new(fixture.Host, id: 9);
        byte[] input = Encoding.Latin1.GetBytes(
            Packets.Store(BinaryOpcode.Set, "a", "hello", 7, 100) + Packets.Ask(BinaryOpcode.Get, "a") + Packets.Ask(BinaryOpcode.GetKQ, "miss")
            + Packets.Ask(BinaryOpcode.Gat, "a", extras: Packets.U32(100)) + Packets.Count(BinaryOpcode.Increment, "n", 1, 10, 0)
            + Packets.Ask(BinaryOpcode.Touch, "a", extras: Packets.U32(100)) + Packets.Ask(BinaryOpcode.Delete, "a") + Packets.Ask(BinaryOpcode.Noop));
        byte[] reply = new byte[ServerLimits.ReplyBufferBytes];
        Assert.Equal(0, Allocated(() => session.Process(input, reply, int.MaxValue)));
    }

    [Fact]
    public void Process_of_a_cut_large_upload_allocates_nothing()
    {
        using SessionFixture fixture = new();
        using Session session = new(fixture.Host, id: 9);
        byte[] head = Encoding.ASCII.GetBytes("set big 0 0 100000\r\n");
        byte[] data = new byte[100_002];
        data[^2] = (byte)'\r';
        data[^1] = (byte)'\n';
        byte[] reply = new byte[ServerLimits.ReplyBufferBytes];
        long wrong = 0;
        long allocated = Allocated(
            () =>
            {
                session.Process(head, reply, int.MaxValue);
                session.Process(data.AsSpan(0, 50_000), reply, int.MaxValue);
                wrong += session.Process(data.AsSpan(50_000), reply, int.MaxValue).Written == "STORED\r\n".Length ? 0 : 1;
            },
            times: 100);
        Assert.Equal((0, 0), (allocated, wrong));
    }

    /// <summary>What some requests allocate when they have been made before, bytes.</summary>
    private static long Allocated(Action requests, int times = 1000)
    {
        for (int i = 0; i < times; i++)
        {
            requests();
        }

        // Something that happens once, a new segment or code compiled again, does not repeat in the round behind it.
        long least = long.MaxValue;
        for (int round = 0; round < 3 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < times; i++)
            {
                requests();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
