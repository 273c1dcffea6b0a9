using Siar.Topics;

namespace Siar.AspNetCore.Tests.Streaming;

public sealed class FailingStreamTests
{
    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("text/event-stream")]
    public async Task A_stream_that_fails_once_it_has_begun_ends_and_gives_back_what_it_held(string accept)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Endpoints = app => app.Map("/failing", context => app.Services.GetRequiredService<StreamPipeline>().RunAsync(
                context, new FailingStream(app.Services.GetRequiredService<SubscribeInput>(), app.Services.GetRequiredService<RefusalResponse>()))),
        });

        using var request = new HttpRequestMessage(HttpMethod.Get, "/failing") { Headers = { { "Accept", accept } } };
        using var answer = await hub.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        while (hub.Core.Subscribers > 0) await Task.Yield();
        hub.Log.Errors.ShouldHaveSingleItem().ShouldContain("The hub met a failure inside");
    }

    private sealed class FailingStream(SubscribeInput input, RefusalResponse refusals) : PlainStream(input, refusals)
    {
        public override ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields) => new(SiarAccess.ReadPublic);

        public override SubscribeCommand Read(HttpContext context, RequestFields fields, SiarAccess access, Siar.Auth.TokenDialect dialect) =>
            base.Read(context, fields, access, dialect) with { OnAttached = static _ => throw new InvalidOperationException("attached") };

        protected override MatcherSet ReadTopics(HttpContext context, RequestFields fields) => MatcherSet.All;
    }
}
