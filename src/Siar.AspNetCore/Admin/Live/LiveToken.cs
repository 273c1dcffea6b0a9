using System.Net;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// Makes a token to try the hub with: <c>POST live/token?publish=TOPIC&amp;subscribe=TOPIC</c>, each any number of times, <c>*</c> for every
/// topic. In development mode only, for a caller on this machine, and from no page of another origin.
/// </summary>
internal sealed class LiveToken(AccessResolver resolver, DevelopmentTokens tokens, EventHub hub, TimeProvider time, RefusalResponse refusals)
{
    private static readonly Refusal NotHere = new(StatusCodes.Status403Forbidden, RefusalReason.Forbidden,
        "Tokens are made here in development mode only, and for callers on this machine: make one with 'siar token', beside the hub's keys.");

    /// <summary>Answers with a token, or says why not.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (await MakeAsync(context) is var (answer, refusal) && refusal is not null)
        {
            await refusals.SendAsync(context, refusal);
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, LiveJson.Default.Answer, context.RequestAborted);
    }

    private async ValueTask<(Answer? Answer, Refusal? Refusal)> MakeAsync(HttpContext context)
    {
        // Development mode answers to loopback names only; whoever made up such a name in a request from another machine gets no further either.
        if (!resolver.IsDevelopment || context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address)) return (null, NotHere);
        if ((await resolver.ResolveToPublishAsync(context)).Refusal is { } refusal) return (null, refusal);
        var fields = RequestFields.OfQuery(context.Request);
        var publish = Read(fields, "publish");
        var subscribe = Read(fields, "subscribe");
        if (publish.Matchers.IsEmpty && subscribe.Matchers.IsEmpty)
            fields.Refuse(Refusal.Invalid("The request names nothing that the token shall grant: give publish= or subscribe= in the query, a topic each, or * for all."));
        if (fields.Refusal is not null) return (null, fields.Refusal);
        return (new Answer(tokens.Mint(publish, subscribe), (time.GetUtcNow() + DevelopmentTokens.Lifetime).ToUnixTimeMilliseconds()), null);
    }

    private MatcherSet Read(RequestFields fields, string name)
    {
        var found = new List<Matcher>();
        foreach (var topic in fields.All(name))
        {
            if (MatcherInput.ReadTopic(topic, fields, hub.Options.Limits) is { } matcher) found.Add(matcher);
        }

        if (found.Count > hub.Options.Limits.TopicsPerRequest)
            fields.Refuse(Refusal.TooLarge($"The field '{name}' stands {found.Count} times in the query; at most {hub.Options.Limits.TopicsPerRequest} topics are granted."));
        return MatcherSet.Of(found);
    }

    /// <summary>A token, and when it ends, in milliseconds since 1970.</summary>
    internal sealed record Answer(string Token, long Expires);
}
