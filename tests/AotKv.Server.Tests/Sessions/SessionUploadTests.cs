using AotKv.Engine;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>Values larger than a read, values that are too large, and those that never come.</summary>
public sealed class SessionUploadTests
{
    private const int Large = 300_000;

    private static readonly string Value = string.Create(Large, 0, (span, _) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = (char)('a' + (i % 23));
        }
    });

    [Theory]
    [InlineData(false, 1000)]
    [InlineData(true, 1000)]
    [InlineData(false, 65536)]
    [InlineData(true, 65536)]
    [InlineData(true, 299_999)]
    public void Set_value_larger_than_a_read_is_stored(bool direct, int packet)
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = new(new(fixture.Host, id: 9)) { IsDirect = direct };
        string input = $"set big 5 0 {Large}\r\n{Value}\r\nversion\r\n";
        string replies = string.Empty;
        for (int at = 0; at < input.Length; at += packet)
        {
            replies += driver.Send(input.Substring(at, Math.Min(packet, input.Length - at)));
        }

        Assert.Equal("STORED\r\nVERSION 1.6.45\r\n", replies);
        Assert.Equal($"VALUE big 5 {Large}\r\n{Value}\r\nEND\r\n", driver.Send("get big\r\n"));
    }

    [Fact]
    public void Set_large_value_without_line_end_stores_nothing()
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = fixture.Connect();
        Assert.Equal(string.Empty, driver.Send($"set big 0 0 {Large}\r\n"));
        Assert.Equal("CLIENT_ERROR bad data chunk\r\nVERSION 1.6.45\r\n", driver.Send(Value + "xxversion\r\n"));
        Assert.Equal("END\r\n", driver.Send("get big\r\n"));
    }

    [Fact]
    public void Set_large_value_with_noreply_is_silent()
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = fixture.Connect();
        Assert.Equal(string.Empty, driver.Send($"set big 0 0 {Large} noreply\r\n{Value[..1000]}"));
        Assert.Equal(string.Empty, driver.Send(Value[1000..] + "\r\n"));
        Assert.Equal($"VALUE big 0 {Large}\r\n{Value}\r\nEND\r\n", driver.Send("get big\r\n"));
    }

    [Fact]
    public void Set_announced_value_that_never_comes_costs_only_what_has_arrived()
    {
        StoreOptions store = new() { MemoryLimitBytes = 4L << 30, MaxItemBytes = 1 << 30 };
        using SessionFixture fixture = new(store: store);
        using SessionDriver driver = fixture.Connect();
        driver.Send($"set huge 0 0 {1_000_000_000}\r\nabc");
        Assert.InRange(fixture.State.Buffers.UsedBytes, 1, ServerLimits.UploadFirstBytes);
        driver.Dispose();
        fixture.Host.Pool.Dispose();
        Assert.Equal(0, fixture.State.Buffers.UsedBytes);
    }

    [Theory]
    [InlineData(0, 1048516, true)]
    [InlineData(0, 1048517, false)]
    [InlineData(1, 1048512, true)]
    [InlineData(1, 1048513, false)]
    public void Set_item_at_the_size_limit_is_judged_as_memcached_does(int flags, int length, bool fits)
    {
        using SessionFixture fixture = new();
        string reply = fixture.Ask($"set k {flags} 0 {length}\r\n{new string('x', length)}\r\n");
        Assert.Equal(fits ? "STORED\r\n" : "SERVER_ERROR object too large for cache\r\n", reply);
        Assert.Equal(fits ? "0" : "1", fixture.Stat("store_too_large"));
        Assert.Equal(fits ? "1" : "0", fixture.Stat("cmd_set"));
    }

    [Theory]
    [InlineData("set", "END\r\n")]
    [InlineData("add", "VALUE k 0 3\r\nold\r\nEND\r\n")]
    [InlineData("replace", "VALUE k 0 3\r\nold\r\nEND\r\n")]
    public void Store_too_large_answers_after_the_last_byte_and_only_set_removes_the_old_value(string verb, string after)
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = fixture.Connect();
        driver.Send("set k 0 0 3\r\nold\r\n");
        Assert.Equal(string.Empty, driver.Send($"{verb} k 0 0 2000000\r\n"));
        Assert.Equal(after, fixture.Ask("get k\r\n"));
        Assert.Equal(string.Empty, driver.Send(new string('x', 2_000_001)));
        Assert.Equal("SERVER_ERROR object too large for cache\r\nVERSION 1.6.45\r\n", driver.Send("xversion\r\n"));
    }

    [Fact]
    public void Append_beyond_the_limit_keeps_the_old_value()
    {
        using SessionFixture fixture = new(store: new() { MaxItemBytes = 2048, MemoryLimitBytes = 8 << 20 });
        string part = new('x', 1500);
        Assert.Equal("STORED\r\nNOT_STORED\r\n", fixture.Ask($"set k 0 0 1500\r\n{part}\r\nappend k 0 0 1500\r\n{part}\r\n"));
        Assert.Equal($"VALUE k 0 1500\r\n{part}\r\nEND\r\n", fixture.Ask("get k\r\n"));
    }

    [Fact]
    public void Set_without_buffer_memory_is_refused_when_its_data_has_gone_by()
    {
        using SessionFixture fixture = new(new() { BufferLimitBytes = 1 << 20 }, new() { MaxItemBytes = 16 << 20 });
        using SessionDriver driver = fixture.Connect();
        driver.Send("set k 0 0 3\r\nold\r\n");
        driver.Send("set k 0 0 3000000\r\n");
        Assert.Equal(string.Empty, driver.Send(new string('x', 3_000_000)));
        Assert.Equal("SERVER_ERROR Out of memory during read\r\nEND\r\n", driver.Send("\r\nget k\r\n"));
        Assert.Equal("1", fixture.Stat("store_no_memory"));
        fixture.Host.Pool.Dispose();
        Assert.Equal(0, fixture.State.Buffers.UsedBytes);
    }

    [Fact]
    public void Set_in_a_full_store_that_may_not_evict_is_refused_and_removes_the_old_value()
    {
        using SessionFixture fixture = new(store: new() { MemoryLimitBytes = 2 << 20, EvictionDisabled = true });
        using SessionDriver driver = fixture.Connect();
        string value = new('x', 1000);
        string reply = driver.Send($"set k 0 0 1000\r\n{value}\r\n");
        for (int i = 0; i < 5000 && reply == "STORED\r\n"; i++)
        {
            reply = driver.Send($"set k{i} 0 0 1000\r\n{value}\r\n");
        }

        Assert.Equal("SERVER_ERROR out of memory storing object\r\n", reply);
        string large = new('y', 900_000);
        Assert.Equal("SERVER_ERROR out of memory storing object\r\nEND\r\n", driver.Send($"set k 0 0 900000\r\n{large}\r\nget k\r\n"));
        Assert.Equal("2", fixture.Stat("store_no_memory"));
    }
}
