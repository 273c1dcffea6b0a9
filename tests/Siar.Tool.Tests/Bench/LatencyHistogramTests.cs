namespace Siar.Tool.Tests;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Shares = [0.5, 0.9, 0.99, 0.999];

    [Fact]
    public void A_quantile_is_right_to_a_sixty_fourth()
    {
        var random = new Random(1);
        var latencies = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20) + 1).Order().ToList();
        var histogram = new LatencyHistogram();
        foreach (var latency in latencies) histogram.Record(latency);

        var data = histogram.Read();

        data.Count.ShouldBe(latencies.Count);
        data.Max.ShouldBe(latencies[^1]);
        foreach (var share in Shares)
        {
            var exact = latencies[(int)Math.Ceiling(latencies.Count * share) - 1];
            data.Quantile(share).ShouldBeInRange(exact, exact + (exact / 64) + 1);
        }
    }

    [Fact]
    public void Parts_add_up_to_the_whole()
    {
        var random = new Random(2);
        LatencyHistogram[] parts = [new(), new(), new()];
        var whole = new LatencyHistogram();
        for (var i = 0; i < 5_000; i++)
        {
            var latency = random.NextInt64(1, 10_000_000);
            parts[i % parts.Length].Record(latency);
            whole.Record(latency);
        }

        var sum = HistogramData.Sum(parts.Select(p => p.Read()))!;

        sum.Max.ShouldBe(whole.Read().Max);
        foreach (var share in Shares) sum.Quantile(share).ShouldBe(whole.Read().Quantile(share));
    }

    [Fact]
    public void Nothing_has_no_latency()
    {
        HistogramData.Empty.Quantile(0.99).ShouldBe(0);
        HistogramData.Sum([null, null]).ShouldBeNull();
    }
}
