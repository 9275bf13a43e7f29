using AotKv.Perf.Measure;

namespace AotKv.Perf.Tests;

public sealed class ArrivalScheduleTests
{
    [Fact]
    public void Due_of_fixed_arrivals_is_exact_after_any_time()
    {
        var schedule = new ArrivalSchedule(30_000, Arrival.Fixed, 1);
        Assert.Equal(0, schedule.Due(0));
        Assert.Equal(33_333, schedule.Due(1));
        Assert.Equal(1_000_000_000, schedule.Due(30_000));
        Assert.Equal(3_600_000_000_000, schedule.Due(3600L * 30_000)); // no drift over an hour
    }

    [Fact]
    public void Due_of_poisson_arrivals_never_goes_back_and_meets_the_rate()
    {
        var schedule = new ArrivalSchedule(100_000, Arrival.Poisson, 9);
        const int Count = 300_000; // several times round the drawn distances
        long before = 0;
        for (int i = 0; i < Count; i++)
        {
            long due = schedule.Due(i);
            Assert.True(due >= before, $"request {i} is due at {due}, the one before at {before}");
            before = due;
        }

        const int WholePeriods = 4 * 65_536;
        Assert.Equal(WholePeriods * 10_000.0, schedule.Due(WholePeriods), 1.0);
    }

    [Fact]
    public void Due_of_poisson_arrivals_has_exponential_distances()
    {
        var schedule = new ArrivalSchedule(1_000_000, Arrival.Poisson, 4);
        const int Count = 60_000;
        int shorter = 0;
        double squares = 0;
        for (int i = 0; i < Count; i++)
        {
            double gap = schedule.Due(i + 1) - schedule.Due(i);
            shorter += gap < 1000 ? 1 : 0;
            squares += gap * gap;
        }

        // Of exponential distances 63.2% are shorter than the mean, and the mean square is twice the square of the mean.
        Assert.InRange((double)shorter / Count, 0.62, 0.645);
        Assert.InRange(squares / Count, 1.9e6, 2.1e6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void New_with_a_rate_that_is_not_above_zero_throws(double rate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ArrivalSchedule(rate, Arrival.Fixed, 1));
}
