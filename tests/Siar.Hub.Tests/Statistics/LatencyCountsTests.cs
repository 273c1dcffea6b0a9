namespace Siar.Hub.Tests.Statistics;

/// <summary>Quantiles of what was counted in buckets.</summary>
public sealed class LatencyCountsTests
{
    [Fact]
    public void Nothing_counted_has_no_quantile() => LatencyCounts.Quantile(Counts([]), 0.5).ShouldBeNull();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1_000)]
    [InlineData(123_456)]
    [InlineData(60_000_000)]
    public void A_quantile_is_at_most_an_eighth_above(long microseconds)
    {
        var quantile = LatencyCounts.Quantile(Counts([microseconds]), 0.5)!.Value * 1_000;

        quantile.ShouldBeGreaterThan(microseconds);
        quantile.ShouldBeLessThanOrEqualTo(Math.Max(microseconds + 1, microseconds * 1.126));
    }

    [Fact]
    public void Ninety_nine_of_a_hundred_are_not_above()
    {
        var counts = Counts([.. Enumerable.Repeat(100L, 99), 50_000]);

        LatencyCounts.Quantile(counts, 0.5)!.Value.ShouldBeLessThan(0.12);
        LatencyCounts.Quantile(counts, 0.99)!.Value.ShouldBeLessThan(0.12);
        LatencyCounts.Quantile(counts, 1)!.Value.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void What_no_clock_should_tell_is_counted_all_the_same()
    {
        var counts = new LatencyCounts();
        counts.Add(TimeSpan.FromSeconds(-1));
        counts.Add(TimeSpan.FromDays(30));
        var sum = new long[counts.Buckets];
        counts.AddTo(sum);

        sum[0].ShouldBe(1);
        sum[^1].ShouldBe(1);
    }

    private static long[] Counts(long[] microseconds)
    {
        var counts = new LatencyCounts();
        foreach (var value in microseconds) counts.Add(TimeSpan.FromMicroseconds(value));
        var sum = new long[counts.Buckets];
        counts.AddTo(sum);
        return sum;
    }
}
