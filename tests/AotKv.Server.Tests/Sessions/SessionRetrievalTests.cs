using System.Globalization;
using System.Text;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>Retrievals of many keys and of large values: bounded in memory, interrupted and resumed.</summary>
public sealed class SessionRetrievalTests
{
    [Theory]
    [InlineData(ServerLimits.ReplyBufferBytes, int.MaxValue)]
    [InlineData(1024, int.MaxValue)]
    [InlineData(1024, 1)]
    [InlineData(2000, 3)]
    public void Get_many_keys_answers_all_in_order_whatever_the_room(int room, int budget)
    {
        using SessionFixture fixture = new();
        const int Keys = 500;
        StringBuilder expected = new();
        StringBuilder line = new("get");
        for (int i = 0; i < Keys; i++)
        {
            string value = new((char)('a' + (i % 26)), i % 400);
            if (i % 3 != 0)
            {
                fixture.Ask($"set key{i} {i} 0 {value.Length}\r\n{value}\r\n");
                expected.Append(CultureInfo.InvariantCulture, $"VALUE key{i} {i} {value.Length}\r\n{value}\r\n");
            }

            line.Append(CultureInfo.InvariantCulture, $" key{i}");
        }

        using SessionDriver driver = new(new(fixture.Host, id: 9)) { Room = room, Budget = budget };
        Assert.Equal($"{expected}END\r\nVERSION 1.6.45\r\n", driver.Send($"{line}\r\nversion\r\n"));
        Assert.Equal(budget == int.MaxValue, driver.Yields == 0);
        Assert.Equal("500", fixture.Stat("cmd_get"));
        Assert.Equal("167", fixture.Stat("get_misses"));
    }

    [Fact]
    public void Get_line_longer_than_a_packet_is_collected()
    {
        using SessionFixture fixture = new();
        fixture.Ask("set last 0 0 1\r\n1\r\n");
        using SessionDriver driver = fixture.Connect();
        string line = "get " + string.Concat(Enumerable.Repeat("0123456789 ", 30_000)) + "last\r\n";
        string replies = string.Empty;
        for (int at = 0; at < line.Length; at += 1400)
        {
            replies += driver.Send(line.Substring(at, Math.Min(1400, line.Length - at)));
        }

        Assert.Equal("VALUE last 0 1\r\n1\r\nEND\r\n", replies);
    }

    [Fact]
    public void Line_longer_than_2048_bytes_that_is_no_get_closes_the_connection()
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = fixture.Connect();
        Assert.Equal("VERSION 1.6.45\r\n", driver.Send("version\r\nset " + new string('x', 2100)));
        Assert.True(driver.IsClosed);
    }

    [Fact]
    public void Get_line_beyond_the_bound_closes_the_connection()
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = fixture.Connect();
        byte[] line = new byte[ServerLimits.MaxLineBytes + 1];
        Array.Fill(line, (byte)'x');
        "get "u8.CopyTo(line);
        Assert.Equal(string.Empty, driver.Send(line));
        Assert.True(driver.IsClosed);
    }

    [Fact]
    public void Get_value_larger_than_the_room_asks_for_room()
    {
        using SessionFixture fixture = new();
        string value = new('v', 500_000);
        fixture.Ask($"set big 0 0 {value.Length}\r\n{value}\r\nset small 0 0 1\r\n1\r\n");
        Assert.Equal($"VALUE small 0 1\r\n1\r\nVALUE big 0 500000\r\n{value}\r\nVALUE small 0 1\r\n1\r\nEND\r\n", fixture.Ask("get small big small\r\n"));
        Assert.Equal($"VALUE big 0 500000\r\n{value}\r\nEND\r\nVERSION 1.6.45\r\n", fixture.Ask("get big\r\nversion\r\n"));
        Assert.Equal("4", fixture.Stat("cmd_get"));
    }

    [Fact]
    public void Get_value_for_which_there_is_no_room_is_refused_and_the_connection_goes_on()
    {
        using SessionFixture fixture = new();
        string value = new('v', 500_000);
        fixture.Ask($"set big 0 0 {value.Length}\r\n{value}\r\nset a 0 0 1\r\n1\r\n");
        using SessionDriver driver = new(new(fixture.Host, id: 9)) { LargestRoom = 100_000 };
        Assert.Equal(
            "VALUE a 0 1\r\n1\r\nSERVER_ERROR out of memory writing get response\r\nVALUE a 0 1\r\n1\r\nEND\r\n",
            driver.Send("get a big a\r\nget a\r\n"));
        Assert.Equal("1", fixture.Stat("response_obj_oom"));
    }

    [Fact]
    public void Pipeline_longer_than_the_budget_gives_way_and_answers_all()
    {
        using SessionFixture fixture = new();
        using SessionDriver driver = new(new(fixture.Host, id: 9)) { Budget = 20 };
        string replies = driver.Send(string.Concat(Enumerable.Repeat("version\r\n", 100)));
        Assert.Equal(string.Concat(Enumerable.Repeat("VERSION 1.6.45\r\n", 100)), replies);
        Assert.Equal(4, driver.Yields);
    }

    [Fact]
    public void Get_and_touch_that_ends_an_item_gives_its_value_once_even_without_room_at_first()
    {
        using SessionFixture fixture = new();
        string value = new('v', 100_000);
        fixture.Ask($"set a 0 0 {value.Length}\r\n{value}\r\n");
        Assert.Equal($"VALUE a 0 {value.Length}\r\n{value}\r\nEND\r\nEND\r\n", fixture.Ask("gat -1 a\r\nget a\r\n"));
    }

    [Fact]
    public void Get_and_touch_changes_the_time_to_live()
    {
        using SessionFixture fixture = new();
        fixture.Ask("set a 0 10 1\r\n1\r\n");
        Assert.Equal("VALUE a 0 1\r\n1\r\nEND\r\n", fixture.Ask("gat 100 a\r\n"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal("VALUE a 0 1\r\n1\r\nEND\r\n", fixture.Ask("get a\r\n"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal("END\r\n", fixture.Ask("get a\r\n"));
    }
}
