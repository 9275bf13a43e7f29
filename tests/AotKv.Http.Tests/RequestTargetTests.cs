using System.Text;
using AotKv.Http.Routing;

namespace AotKv.Http.Tests;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/a%4")]
    [InlineData("/a%zz/b")]
    [InlineData("/a?b=%")]
    [InlineData("*")]
    [InlineData("")]
    public void Target_that_is_broken_is_refused(string raw) => Assert.False(RequestTarget.TryParse(raw, out _));

    [Fact]
    public void Target_gives_segments_as_bytes_and_queries_by_name()
    {
        Assert.True(RequestTarget.TryParse("http://host:80/v1/a%2Fb/c//d?x=1+2&y=%2B&x=3&flag", out RequestTarget? target));
        Assert.Equal((5, "a/b", "c//d"), (target.SegmentCount, Encoding.UTF8.GetString(target.Segment(1)), Encoding.UTF8.GetString(target.From(2))));
        Assert.Equal(("3", "+", "", null), (target.QueryText("x"), target.QueryText("y"), target.QueryText("flag"), target.QueryText("none")));
        Assert.True(target.TryNumber("x", 0, 9, out ulong number) && number == 3);
        Assert.False(target.TryNumber("x", 0, 2, out _));
    }
}
