namespace AotKv.Engine.Tests.Linearizability;

/// <summary>The checker itself: good histories pass, each kind of bad one does not.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void A_read_that_overlaps_a_write_may_see_either_value()
    {
        Assert.True(Check(Write(0, 10, 1), Read(2, 4, null)));
        Assert.True(Check(Write(0, 10, 1), Read(2, 4, 1)));
        Assert.True(Check(Write(0, 10, 1), Read(2, 4, null), Read(5, 6, 1)));
    }

    [Fact]
    public void Overlapping_writes_may_take_either_order_for_all_readers()
    {
        Assert.True(Check(Write(0, 10, 1), Write(0, 10, 2), Read(11, 12, 1)));
        Assert.True(Check(Write(0, 10, 1), Write(0, 10, 2), Read(11, 12, 2)));
        Assert.False(Check(Write(0, 10, 1), Write(0, 10, 2), Read(11, 12, 1), Read(13, 14, 2)));
    }

    [Fact]
    public void A_stale_read_is_rejected() => Assert.False(Check(Write(0, 1, 1), Write(2, 3, 2), Read(4, 5, 1)));

    [Fact]
    public void A_value_seen_and_then_gone_back_on_is_rejected() => Assert.False(Check(Write(0, 10, 1), Read(2, 3, 1), Read(4, 5, null)));

    [Fact]
    public void A_value_nobody_wrote_is_rejected() => Assert.False(Check(Write(0, 1, 1), Read(0, 2, 7)));

    [Fact]
    public void A_lost_update_is_rejected()
    {
        Assert.True(Check(Write(0, 1, 0), Add(2, 9, 5, 5), Add(2, 9, 5, 10)));
        Assert.False(Check(Write(0, 1, 0), Add(2, 9, 5, 5), Add(2, 9, 5, 5)));
    }

    [Fact]
    public void Two_winners_of_one_comparison_are_rejected()
    {
        Assert.True(Check(Write(0, 1, 0), Set(2, 9, 0, 1, true), Set(2, 9, 0, 2, false)));
        Assert.False(Check(Write(0, 1, 0), Set(2, 9, 0, 1, true), Set(2, 9, 0, 2, true)));
    }

    [Fact]
    public void A_delete_that_succeeds_twice_is_rejected()
    {
        Assert.True(Check(Write(0, 1, 1), Delete(2, 9, true), Delete(2, 9, false)));
        Assert.False(Check(Write(0, 1, 1), Delete(2, 9, true), Delete(2, 9, true)));
    }

    private static bool Check(params Event[] events) => Checker.IsLinearizable(events, null);

    private static Event Write(long begin, long end, long value) => new(begin, end, Act.Write, value, null, null, true);

    private static Event Read(long begin, long end, long? value) => new(begin, end, Act.Read, 0, null, value, true);

    private static Event Add(long begin, long end, long amount, long sum) => new(begin, end, Act.Add, amount, null, sum, true);

    private static Event Delete(long begin, long end, bool succeeded) => new(begin, end, Act.Delete, 0, null, null, succeeded);

    private static Event Set(long begin, long end, long expected, long value, bool succeeded) =>
        new(begin, end, Act.CompareAndSet, value, expected, null, succeeded);
}
