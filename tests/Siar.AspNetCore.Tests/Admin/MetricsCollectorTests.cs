using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Siar.AspNetCore.Tests;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly MetricsCollector _collector;

    public MetricsCollectorTests()
    {
        _collector = new MetricsCollector(NullLogger<MetricsCollector>.Instance, m => ReferenceEquals(m, _meter), TimeProvider.System);
        _collector.Start();
    }

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_what_it_is_told()
    {
        var counter = _meter.CreateCounter<long>("siar.publishes", "{event}", "Events appended.");
        counter.Add(2);
        counter.Add(3);

        var text = Scrape();

        text.Samples["siar_publishes_total"].ShouldBe(5);
        text.Types["siar_publishes_total"].ShouldBe("counter");
        text.Help["siar_publishes_total"].ShouldBe("Events appended.");
    }

    [Fact]
    public void An_up_down_counter_is_a_gauge_and_goes_down()
    {
        var open = _meter.CreateUpDownCounter<int>("siar.subscribers", "{stream}");
        open.Add(5);
        open.Add(-3);

        var text = Scrape();

        text.Samples["siar_subscribers"].ShouldBe(2);
        text.Types["siar_subscribers"].ShouldBe("gauge");
    }

    [Fact]
    public void A_gauge_tells_its_last_value()
    {
        var gauge = _meter.CreateGauge<double>("fill", "1");
        gauge.Record(0.25);
        gauge.Record(0.5);

        Scrape().Samples["fill_ratio"].ShouldBe(0.5);
    }

    [Fact]
    public void A_unit_is_spelt_out_once()
    {
        _meter.CreateObservableUpDownCounter("siar.window.size", () => 7L, "By");
        _meter.CreateObservableCounter("siar.sent.bytes", () => 8L, "By");

        var text = Scrape();

        text.Samples["siar_window_size_bytes"].ShouldBe(7);
        text.Samples["siar_sent_bytes_total"].ShouldBe(8);
    }

    [Fact]
    public void A_histogram_counts_each_value_in_every_bucket_that_can_hold_it()
    {
        var histogram = _meter.CreateHistogram(
            "siar.publish.duration", "s", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 30 }) histogram.Record(value);

        var text = Scrape();

        text.Types["siar_publish_duration_seconds"].ShouldBe("histogram");
        text.Samples["siar_publish_duration_seconds_bucket{le=\"0.1\"}"].ShouldBe(2);
        text.Samples["siar_publish_duration_seconds_bucket{le=\"1\"}"].ShouldBe(3);
        text.Samples["siar_publish_duration_seconds_bucket{le=\"+Inf\"}"].ShouldBe(4);
        text.Samples["siar_publish_duration_seconds_count"].ShouldBe(4);
        text.Samples["siar_publish_duration_seconds_sum"].ShouldBe(30.65, 0.000_001);
    }

    [Fact]
    public void A_duration_has_buckets_where_nothing_is_advised()
    {
        _meter.CreateHistogram<double>("wait", "s").Record(0.003);

        var text = Scrape();

        text.Samples["wait_seconds_bucket{le=\"0.0025\"}"].ShouldBe(0);
        text.Samples["wait_seconds_bucket{le=\"0.005\"}"].ShouldBe(1);
    }

    [Fact]
    public void Labels_are_escaped_and_ordered_by_name()
    {
        var counter = _meter.CreateCounter<long>("refusals");
        counter.Add(1, new("reason", "a \"b\"\\\nc"), new("door.name", "/events"));
        counter.Add(1, new("door.name", "/events"), new("reason", "a \"b\"\\\nc"));

        Scrape().Samples["refusals_total{door_name=\"/events\",reason=\"a \\\"b\\\"\\\\\\nc\"}"].ShouldBe(2);
    }

    [Fact]
    public void Tags_that_become_one_label_are_joined()
    {
        _meter.CreateCounter<long>("hits").Add(1, new("a.b", 1), new("a_b", "x"));

        Scrape().Samples["hits_total{a_b=\"1;x\"}"].ShouldBe(1);
    }

    [Fact]
    public void What_is_observed_no_longer_is_told_no_longer()
    {
        var reasons = new List<string> { "old", "kept" };
        _meter.CreateObservableCounter("ended", () => reasons.Select(r => new Measurement<long>(4, new KeyValuePair<string, object?>("reason", r))));
        Scrape().Samples["ended_total{reason=\"old\"}"].ShouldBe(4);

        reasons.Remove("old");

        var text = Scrape();
        text.Samples.ShouldNotContainKey("ended_total{reason=\"old\"}");
        text.Samples["ended_total{reason=\"kept\"}"].ShouldBe(4);
    }

    [Fact]
    public void An_instrument_that_fails_does_not_hide_the_others()
    {
        _meter.CreateObservableCounter("broken", long () => throw new InvalidOperationException("no figure"));
        _meter.CreateObservableCounter("whole", () => 1L);

        Scrape().Samples["whole_total"].ShouldBe(1);
    }

    [Fact]
    public void Labels_without_end_take_memory_with_an_end()
    {
        var counter = _meter.CreateCounter<long>("hits");
        for (var i = 0; i < 5_000; i++) counter.Add(1, new KeyValuePair<string, object?>("who", i));

        var text = Scrape();

        text.Samples.Count.ShouldBe(1_001);
        text.Samples.Values.Sum().ShouldBe(5_000);
        text.Samples["hits_total{otel_metric_overflow=\"true\"}"].ShouldBe(4_000);
    }

    [Fact]
    public async Task Scrapes_at_once_and_while_figures_change_are_each_whole()
    {
        var counter = _meter.CreateCounter<long>("hits");
        var histogram = _meter.CreateHistogram<double>("wait", "s");
        _meter.CreateObservableUpDownCounter("open", () => new[] { new Measurement<long>(1), new Measurement<long>(2, new KeyValuePair<string, object?>("kind", "x")) });

        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1);
                histogram.Record(0.01);
            }
        }));
        var scrapes = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                var text = Scrape();
                text.Samples["open"].ShouldBe(1);
                text.Samples["open{kind=\"x\"}"].ShouldBe(2);
            }
        }));
        await Task.WhenAll(writers.Concat(scrapes));

        var last = Scrape();
        last.Samples["hits_total"].ShouldBe(40_000);
        last.Samples["wait_seconds_count"].ShouldBe(40_000);
        last.Samples["wait_seconds_sum"].ShouldBe(400, 0.001);
    }

    private MetricsText Scrape() => MetricsText.Parse(_collector.Scrape());
}
