using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class FailingStyleTests
{
    [Theory]
    [InlineData(nameof(Representation.Ndjson))]
    [InlineData(nameof(Representation.ServerSentEvents))]
    public async Task A_stream_whose_style_fails_once_it_has_begun_ends_and_gives_back_what_it_held(string representation)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Endpoints = app => app.Map("/failing", context => app.Services.GetRequiredService<StreamDoor>().EnterAsync(
                context, QueryFields.Empty, Enum.Parse<Representation>(representation), new SubscribeRequest { Matchers = MatcherSet.All }, new FailingStyle())),
        });

        using var answer = await hub.Client.GetAsync("/failing");
        answer.EnsureSuccessStatusCode();
        while (hub.Core.Subscribers > 0) await Task.Yield();
        hub.Log.Errors.ShouldHaveSingleItem().ShouldContain("The hub met a failure inside");
    }

    private sealed record FailingStyle : StreamStyle
    {
        public override void OnAttached(Subscriber subscriber) => throw new InvalidOperationException("style");
    }
}
