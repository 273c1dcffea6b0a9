using Microsoft.Extensions.Options;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>The streams that a dashboard reads: what the hub tells of itself, and any topic's events as they come.</summary>
internal sealed class LiveStreams(
    EventHub hub, LiveFigures figures, LiveAccess access, AccessResolver resolver, HubUrl url, StreamPipeline events, ConnectionLimiter connections, BodyReaders bodies,
    SubscribeInput input, RefusalResponse refusals, TimeProvider time, HubHost host, IOptions<SiarOptions> options)
{
    private readonly EventsFormat _ofEvents = new(hub, access, url, input, refusals);

    // The figures are events of a hub of their own.
    private readonly Lazy<StreamPipeline> _figures = new(() =>
    {
        var stream = figures.Statistics.Stream;
        return new StreamPipeline(
            stream, resolver, bodies, connections, new StreamResponse(stream, time, host, observers: null), new PageResponse(stream, time, options, refusals), new StreamRefusal(hub, refusals));
    });

    /// <summary>Serves one of the statistics' topics.</summary>
    public Task ServeFiguresAsync(HttpContext context, string topic) => _figures.Value.RunAsync(context, new FiguresFormat(topic, figures.Statistics, access, input, refusals));

    /// <summary>Serves the events of topics, private ones as far as the caller may have them.</summary>
    public Task ServeEventsAsync(HttpContext context) => events.RunAsync(context, _ofEvents);

    private sealed class EventsFormat(EventHub hub, LiveAccess access, HubUrl url, SubscribeInput input, RefusalResponse refusals) : PlainStream(input, refusals)
    {
        public override ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields) => access.MayWatchAsync(context);

        protected override MatcherSet ReadTopics(HttpContext context, RequestFields fields) => MatcherInput.ReadPlain(null, fields, url.Resource, hub.Options.Limits);
    }

    private sealed class FiguresFormat(string topic, HubStatistics statistics, LiveAccess access, SubscribeInput input, RefusalResponse refusals) : PlainStream(input, refusals)
    {
        public override ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields) => access.MayWatchAsync(context);

        public override SubscribeCommand Read(HttpContext context, RequestFields fields, SiarAccess access, TokenDialect dialect) =>
            base.Read(context, fields, access, dialect) with { OnAttached = Follow };

        protected override MatcherSet ReadTopics(HttpContext context, RequestFields fields) => MatcherSet.OfTopics(Topic.Parse(topic));

        // A stream may outlive its request; nothing of the request is held until then.
        private void Follow(Subscriber subscriber)
        {
            using (ExecutionContext.SuppressFlow()) _ = FollowAsync(topic, statistics, subscriber);
        }

        private static async Task FollowAsync(string topic, HubStatistics statistics, Subscriber subscriber)
        {
            statistics.Enter(topic);
            await subscriber.Ended;
            statistics.Leave(topic);
        }
    }
}
