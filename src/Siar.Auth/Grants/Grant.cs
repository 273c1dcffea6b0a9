using System.Collections.Immutable;
using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>
/// What a token allows its bearer, in one role: the validator fills only the matchers of the role whose key the token was checked
/// against. An application that has no tokens may make one itself. Immutable; may be used from any thread.
/// </summary>
public sealed class Grant
{
    /// <summary>The grant that allows nothing.</summary>
    public static Grant None { get; } = new();

    /// <summary>The topics that may be published on; none unless set.</summary>
    public MatcherSet Publish { get; init; } = MatcherSet.None;

    /// <summary>The topics whose private events may be read; none unless set.</summary>
    public MatcherSet Subscribe { get; init; } = MatcherSet.None;

    /// <summary>When the grant ends, and with it every stream that was opened with it; null when it does not end (0.x only).</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The token's <c>sub</c>, for logs and limits; null when it has none.</summary>
    public string? Subject { get; init; }

    /// <summary>The token's <c>iss</c>, which gives the subject its name; null for tokens of 0.x, which only the hub's own keys vouch for.</summary>
    public string? Issuer { get; init; }

    /// <summary>The token's <c>jti</c>, by which it alone can be revoked; null when it has none.</summary>
    public string? TokenId { get; init; }

    /// <summary>
    /// What the token says of its bearer besides: its claims that are texts, numbers or booleans, and each such item of those that are lists. Not among them are its times, and
    /// what it grants.
    /// </summary>
    public ImmutableArray<TokenClaim> Claims { get; init; } = [];

    /// <summary>What has let the token in; null where the application has made the grant.</summary>
    public TokenAdmission? Admission { get; internal init; }

    /// <summary>The dialect of the token.</summary>
    public TokenDialect Dialect { get; init; }

    /// <summary>
    /// Whether the token speaks of publishing at all: <c>mercure.publish</c> exists (0.x, where an empty list is such a claim), or a detail has the
    /// action <c>publish</c> (1.0).
    /// </summary>
    public bool HasPublishClaim { get; init; }

    /// <summary>The payloads for presence, in the token's order.</summary>
    public ImmutableArray<GrantPayload> Payloads { get; init; } = [];

    /// <summary>Whether an event with these topics may be published: every topic must be granted, public event or private alike.</summary>
    public bool MayPublish(ImmutableArray<Topic> topics)
    {
        foreach (var topic in topics)
        {
            if (!Publish.Matches(topic)) return false;
        }

        return true;
    }

    /// <summary>Whether a private event with these topics may be read: one granted topic is enough.</summary>
    public bool MayRead(ImmutableArray<Topic> topics) => Subscribe.MatchesAny(topics);

    /// <summary>
    /// The payload that presence shows for a subscription: the first, in the token's order, whose topics mean the text of the subscription's
    /// matcher as if it were a topic. A 0.x token has one for all of them.
    /// </summary>
    /// <param name="matcher">The text of the subscription's matcher, as the subscriber sent it.</param>
    /// <returns>The payload, or null when there is none for this subscription.</returns>
    public JsonElement? PayloadFor(string matcher)
    {
        var isTopic = Topic.TryCreate(matcher, out var topic, out _);
        foreach (var payload in Payloads)
        {
            if (payload.Subscriptions.IsAll || (isTopic && payload.Subscriptions.Matches(topic))) return payload.Value;
        }

        return null;
    }
}
