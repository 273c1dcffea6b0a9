using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Siar.AspNetCore.Tests.Streaming;

/// <summary>Runs alone: what it counts is counted for the process.</summary>
[CollectionDefinition(nameof(RefusalMetricsTests), DisableParallelization = true)]
[Collection(nameof(RefusalMetricsTests))]
public sealed class RefusalMetricsTests : IDisposable
{
    private readonly ConcurrentBag<string> _refusals = [];
    private readonly MeterListener _listener = new();

    public RefusalMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "siar.refusals") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _refusals.Add((string)tags[0].Value!));
        _listener.Start();
    }

    [Fact]
    public async Task Each_refusal_is_counted_once_by_its_reason()
    {
        await using var hub = await TestHub.StartAsync(o => (o.Limits.ConnectionsPerAddress, o.Limits.PublishesPerAddress, o.Limits.EventBytes) = (1, 1, 10));
        using var first = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        await ExpectAsync("connections_per_address", hub.Client.GetAsync("/events/a"));
        await ExpectAsync("connections_per_address", hub.Client.GetAsync("/events/a?refusal=status"));
        await ExpectAsync("invalid", hub.Client.GetAsync("/events"));
        await ExpectAsync("too_large", hub.Client.PostAsync("/events/a", new StringContent("12345678901")));
        await ExpectAsync("unsupported_media_type", hub.Client.PostAsync("/events/a", new StringContent("x", System.Text.Encoding.Unicode)));
        await hub.Client.PostAsync("/events/a", new StringContent("x"));
        await hub.Client.PostAsync("/events/a", new StringContent("x"));
        await ExpectAsync("publish_rate", hub.Client.PostAsync("/events/a", new StringContent("x")));
        hub.Client.DefaultRequestHeaders.Host = "evil.example";
        await ExpectAsync("host", hub.Client.GetAsync("/events/a"));
        hub.Client.DefaultRequestHeaders.Host = null;
        await hub.Core.DrainAsync();
        await ExpectAsync("draining", hub.Client.GetAsync("/events/a"));
    }

    public void Dispose() => _listener.Dispose();

    private async Task ExpectAsync(string reason, Task<HttpResponseMessage> answer)
    {
        (await answer).Dispose();
        _refusals.ShouldBe([reason]);
        _refusals.Clear();
    }
}
