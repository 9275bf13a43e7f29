using AotKv.Server.Sessions;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

public sealed class ExpiryTests
{
    private const long Now = 1_800_000_000_500;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, Now + 1000)]
    [InlineData(2592000, Now + 2_592_000_000)]
    [InlineData(2592001, 2_592_001_000)]
    [InlineData(int.MaxValue, int.MaxValue * 1000L)]
    [InlineData(-1, 1)]
    [InlineData(int.MinValue, 1)]
    public void ToMilliseconds_follows_the_thirty_day_rule(int exptime, long expected) =>
        Assert.Equal(expected, Expiry.ToMilliseconds(exptime, Now));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, 0)]
    [InlineData(2, (Now + 2000) * 1000)]
    [InlineData(1_900_000_000, 1_900_000_000_000_000)]
    public void ToFlushMicroseconds_is_now_for_none(int exptime, long expected) =>
        Assert.Equal(expected, Expiry.ToFlushMicroseconds(exptime, Now));

    [Fact]
    public void Set_with_a_ttl_of_one_second_lives_a_full_second()
    {
        using SessionFixture fixture = new();
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(900));
        fixture.Ask("set a 0 1 1\r\n1\r\n");
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("VALUE a 0 1\r\n1\r\nEND\r\n", fixture.Ask("get a\r\n"));
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("END\r\n", fixture.Ask("get a\r\n"));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2592001")]
    public void Set_with_a_time_that_has_passed_is_stored_and_not_seen(string exptime)
    {
        using SessionFixture fixture = new();
        Assert.Equal("STORED\r\nEND\r\n", fixture.Ask($"set a 0 {exptime} 1\r\n1\r\nget a\r\n"));
    }

    [Fact]
    public void Set_with_an_absolute_time_lives_until_then()
    {
        using SessionFixture fixture = new();
        fixture.Ask($"set a 0 {fixture.Clock.Seconds + 10} 1\r\n1\r\n");
        fixture.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("VALUE a 0 1\r\n1\r\nEND\r\n", fixture.Ask("get a\r\n"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("END\r\n", fixture.Ask("get a\r\n"));
    }

    [Fact]
    public void Flush_all_with_a_delay_takes_what_was_stored_until_then()
    {
        using SessionFixture fixture = new();
        Assert.Equal("STORED\r\nOK\r\n", fixture.Ask("set a 0 0 1\r\n1\r\nflush_all 10\r\n"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\n", fixture.Ask("set b 0 0 1\r\n1\r\nget a\r\n"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("END\r\nSTORED\r\nVALUE c 0 1\r\n1\r\nEND\r\n", fixture.Ask("get a b\r\nset c 0 0 1\r\n1\r\nget c\r\n"));
        Assert.Equal("2", fixture.Stat("get_flushed"));
    }

    [Fact]
    public void Flush_all_lets_what_is_stored_behind_it_live()
    {
        using SessionFixture fixture = new();
        Assert.Equal(
            "STORED\r\nOK\r\nSTORED\r\nVALUE b 0 1\r\n2\r\nEND\r\n",
            fixture.Ask("set a 0 0 1\r\n1\r\nflush_all\r\nset b 0 0 1\r\n2\r\nget a b\r\n"));
    }

    [Fact]
    public void Flush_all_is_refused_where_it_is_switched_off()
    {
        using SessionFixture fixture = new(new() { FlushDisabled = true });
        Assert.Equal("CLIENT_ERROR flush_all not allowed\r\n", fixture.Ask("flush_all\r\n"));
        Assert.Equal("1", fixture.Stat("cmd_flush"));
    }
}
