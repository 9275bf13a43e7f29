using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Stats;

/// <summary>What each command counts.</summary>
public sealed class CounterTests
{
    [Theory]
    [InlineData("get a n\r\n", "cmd_get=2 get_hits=1 get_misses=1")]
    [InlineData("gets a\r\n", "cmd_get=1 get_hits=1")]
    [InlineData("gat 0 a n\r\n", "cmd_touch=2 touch_hits=1 touch_misses=1")]
    [InlineData("touch a 0\r\ntouch n 0\r\n", "cmd_touch=2 touch_hits=1 touch_misses=1")]
    [InlineData("set b 0 0 1\r\n1\r\n", "cmd_set=1")]
    [InlineData("add a 0 0 1\r\n1\r\n", "cmd_set=1")]
    [InlineData("replace n 0 0 1\r\n1\r\n", "cmd_set=1")]
    [InlineData("append n 0 0 1\r\n1\r\n", "cmd_set=1")]
    [InlineData("cas n 0 0 1 1\r\n1\r\n", "cmd_set=1 cas_misses=1")]
    [InlineData("cas a 0 0 1 1\r\n1\r\n", "cmd_set=1 cas_badval=1")]
    [InlineData("incr a 1\r\nincr n 1\r\n", "incr_misses=1 incr_hits=1")]
    [InlineData("decr a 1\r\ndecr n 1\r\n", "decr_misses=1 decr_hits=1")]
    [InlineData("delete n\r\ndelete a\r\n", "delete_misses=1 delete_hits=1")]
    [InlineData("flush_all\r\n", "cmd_flush=1")]
    [InlineData("set b 0 0 2000000\r\n", "store_too_large=1")]
    [InlineData("foo\r\nversion\r\n", "")]
    public void Command_counts_what_memcached_counts(string input, string expected)
    {
        using SessionFixture fixture = new();
        fixture.Ask("set a 0 0 1\r\n1\r\n");
        Assert.Equal("RESET\r\n", fixture.Ask("stats reset\r\n"));
        fixture.Ask(input);
        Assert.Equal(expected, Counted(fixture));
    }

    [Fact]
    public void Cas_that_fits_counts_a_hit()
    {
        using SessionFixture fixture = new();
        string cas = fixture.Ask("set a 0 0 1\r\n1\r\ngets a\r\n").Split("\r\n")[1].Split(' ')[4];
        fixture.Ask("stats reset\r\n");
        Assert.Equal("STORED\r\n", fixture.Ask($"cas a 0 0 1 {cas}\r\n2\r\n"));
        Assert.Equal("cmd_set=1 cas_hits=1", Counted(fixture));
    }

    [Fact]
    public void Get_of_an_expired_item_counts_why()
    {
        using SessionFixture fixture = new();
        fixture.Ask("set a 0 5 1\r\n1\r\n");
        fixture.Clock.Advance(TimeSpan.FromSeconds(6));
        fixture.Ask("get a\r\n");
        Assert.Equal("1", fixture.Stat("get_misses"));
        Assert.Equal("1", fixture.Stat("get_expired"));
    }

    [Fact]
    public void Reset_keeps_what_is_not_a_counter()
    {
        using SessionFixture fixture = new();
        fixture.Ask("set a 0 0 1\r\n1\r\nget a\r\n");
        fixture.Ask("stats reset\r\n");
        Assert.Equal("1", fixture.Stat("curr_items"));
        Assert.Equal("67108864", fixture.Stat("limit_maxbytes"));
        Assert.Equal("0", fixture.Stat("get_hits"));
    }

    private static string Counted(SessionFixture fixture)
    {
        HashSet<string> counters =
        [
            "cmd_get", "cmd_set", "cmd_flush", "cmd_touch", "get_hits", "get_misses", "get_expired", "get_flushed", "delete_misses", "delete_hits",
            "incr_misses", "incr_hits", "decr_misses", "decr_hits", "cas_misses", "cas_hits", "cas_badval", "touch_hits", "touch_misses",
            "store_too_large", "store_no_memory",
        ];
        IEnumerable<string[]> lines = fixture.Ask("stats\r\n").Split("\r\n").Select(line => line.Split(' '));
        return string.Join(' ', lines.Where(line => line.Length == 3 && counters.Contains(line[1]) && line[2] != "0").Select(line => $"{line[1]}={line[2]}"));
    }
}
