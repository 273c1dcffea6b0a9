using System.Collections.Immutable;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>What a token's claims say it grants, in both roles.</summary>
internal sealed record ClaimedGrants
{
    public static ClaimedGrants Nothing { get; } = new();

    public bool HasPublishClaim { get; init; }

    public ImmutableArray<Matcher> Publish { get; init; } = [];

    public ImmutableArray<Matcher> Subscribe { get; init; } = [];

    public ImmutableArray<GrantPayload> Payloads { get; init; } = [];
}
