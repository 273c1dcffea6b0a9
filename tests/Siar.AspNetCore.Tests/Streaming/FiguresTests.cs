using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Streaming;

/// <summary>What a dashboard reads, on every transport.</summary>
public sealed class FiguresTests
{
    [Fact]
    public async Task A_reader_of_topics_is_told_of_new_ones_for_as_long_as_it_reads()
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(time),
            Endpoints = static app => app.Services.GetRequiredService<LiveEndpoints>().Map(app.MapGroup("/siar"), "0"),
        });
        using var follower = await hub.SubscribeAsync("/events?topic=*");
        await follower.ReadThroughAsync("siar.live");
        using var reader = await hub.SubscribeAsync("/siar/live/topics");
        await reader.ReadThroughAsync("event: topics");

        foreach (var topic in new[] { "first", "second" })
        {
            await hub.Hub.PublishAsync(topic, topic);
            // What every reader has, the figures count.
            await follower.ReadThroughAsync("data: " + topic);
            time.Advance(TimeSpan.FromSeconds(1));
            await reader.ReadThroughAsync(topic);
        }
    }
}
