using Microsoft.Extensions.Options;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>The streams that a dashboard reads: what the hub tells of itself, and any topic's events as they come.</summary>
internal sealed class LiveStreams(
    EventHub hub, LiveFigures figures, LiveAccess access, HubIdentity identity, StreamDoor events, ConnectionLimiter connections, CursorReader cursors,
    Refuser refuser, TimeProvider time, HubHost host, IOptions<SiarOptions> options)
{
    private readonly Lazy<StreamDoor> _figures = new(() =>
    {
        var stream = figures.Statistics.Stream;
        return new StreamDoor(
            stream, connections, cursors, refuser, new SoftRefusal(stream, refuser), new StreamRunner(stream, time, host),
            new PageRunner(stream, time, options, refuser));
    });

    /// <summary>Serves one of the statistics' topics.</summary>
    public async Task ServeFiguresAsync(HttpContext context, string topic)
    {
        var decision = await access.MayWatchAsync(context);
        if (decision.Access is not { } allowed)
        {
            await refuser.AnswerAsync(context, decision.Refusal!);
            return;
        }

        if (QueryFields.Read(context.Request, out var query) is { } refusal)
        {
            await refuser.AnswerAsync(context, refusal);
            return;
        }

        figures.Statistics.Enter(topic);
        try
        {
            await _figures.Value.ServeAsync(context, query, MatcherSet.OfTopics(Topic.Parse(topic)), allowed);
        }
        finally
        {
            figures.Statistics.Leave(topic);
        }
    }

    /// <summary>Serves the events of topics, private ones as far as the caller may have them.</summary>
    public async Task ServeEventsAsync(HttpContext context)
    {
        var decision = await access.MayWatchAsync(context);
        var matchers = MatcherSet.None;
        var query = default(QueryFields);
        var refusal = decision.Refusal
            ?? QueryFields.Read(context.Request, out query)
            ?? MatcherReader.Read(null, query!, identity.Resource, hub.Options.Limits, out matchers);
        if (refusal is null) await events.ServeAsync(context, query!, matchers, decision.Access!);
        else await refuser.AnswerAsync(context, refusal);
    }
}
