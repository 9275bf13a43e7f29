using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Tests;

public sealed class KeySamplerTests
{
    private const int Draws = 2_000_000;

    [Theory]
    [InlineData(0.5, 1000)]
    [InlineData(0.8, 1000)]
    [InlineData(0.99, 1000)]
    [InlineData(1.0, 1000)]
    [InlineData(1.1, 1000)]
    [InlineData(2.0, 1000)]
    [InlineData(0.99, 1)]
    [InlineData(0.99, 2)]
    public void Zipf_draws_each_rank_as_often_as_its_law_says(double theta, int count)
    {
        const ulong Seed = 11;
        var random = new SplitMix(Seed);
        var sampler = new ZipfSampler(count, theta);
        var seen = new long[count + 1];
        for (int i = 0; i < Draws; i++)
        {
            seen[sampler.Next(random)]++;
        }

        double sum = 0;
        for (int rank = 1; rank <= count; rank++)
        {
            sum += Math.Pow(rank, -theta);
        }

        for (int rank = 1; rank <= count; rank++)
        {
            double expected = Draws * Math.Pow(rank, -theta) / sum;
            double tolerance = 6 * Math.Sqrt(expected) + 1; // six standard deviations: a fixed seed, and room for none to fail
            string what = $"seed {Seed}, theta {theta}: rank {rank} came {seen[rank]} times, not {expected:F0}";
            Assert.True(Math.Abs(seen[rank] - expected) <= tolerance, what);
        }
    }

    [Fact]
    public void Zipf_over_many_ranks_stays_in_range_and_reaches_the_tail()
    {
        const long Count = 4_000_000_000;
        var random = new SplitMix(3);
        var sampler = new ZipfSampler(Count, 0.99);
        long largest = 0;
        for (int i = 0; i < 100_000; i++)
        {
            long rank = sampler.Next(random);
            Assert.InRange(rank, 1, Count);
            largest = Math.Max(largest, rank);
        }

        Assert.True(largest > Count / 2, $"the largest of 100,000 ranks is {largest}");
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(1000u)]
    [InlineData(65_536u)]
    [InlineData(99_991u)]
    public void KeyOfRank_is_one_to_one(uint count)
    {
        var sampler = new KeySampler(new KeySpace { Count = count, Distribution = KeyDistribution.Zipf });
        var seen = new bool[count];
        for (uint rank = 1; rank <= count; rank++)
        {
            uint key = sampler.KeyOfRank(rank);
            Assert.False(seen[key], $"two ranks have key {key}");
            seen[key] = true;
        }
    }

    [Fact]
    public void Uniform_draws_each_key_equally_often()
    {
        var random = new SplitMix(5);
        var sampler = new KeySampler(new KeySpace { Count = 100 });
        var seen = new long[100];
        for (int i = 0; i < Draws; i++)
        {
            seen[sampler.Next(random)]++;
        }

        Assert.All(seen, times => Assert.InRange(times, (Draws / 100) - 900, (Draws / 100) + 900));
    }

    [Fact]
    public void Sequential_begins_again_after_the_last()
    {
        var sampler = new KeySampler(new KeySpace { Count = 3, Distribution = KeyDistribution.Sequential });
        var random = new SplitMix(1);
        uint[] drawn = [sampler.Next(random), sampler.Next(random), sampler.Next(random), sampler.Next(random)];
        Assert.Equal([0u, 1, 2, 0], drawn);
    }

    [Theory]
    [InlineData(0u, 9, "k00000000")]
    [InlineData(0xBEEFu, 9, "k0000beef")]
    [InlineData(uint.MaxValue, 16, "k0000000ffffffff")]
    public void Write_makes_a_key_of_the_asked_length(uint number, int bytes, string expected)
    {
        var key = new byte[bytes];
        KeySpace.Write(number, key);
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(key));
    }
}
