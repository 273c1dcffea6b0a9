using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>What a token shall say. Immutable.</summary>
public sealed record TokenRequest
{
    /// <summary>The dialect; 1.0 by default.</summary>
    public TokenDialect Dialect { get; init; }

    /// <summary>What may be published on; null for a token that does not speak of publishing.</summary>
    public MatcherSet? Publish { get; init; }

    /// <summary>Whose private events may be read; null for a token that does not speak of subscribing.</summary>
    public MatcherSet? Subscribe { get; init; }

    /// <summary>How long the token is good; null for ever, which only 0.x allows.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Who makes it (<c>iss</c>); 1.0 requires it.</summary>
    public string? Issuer { get; init; }

    /// <summary>The resource identifier of the hub it is for (<c>aud</c>); 1.0 requires it.</summary>
    public string? Audience { get; init; }

    /// <summary>Whom it is about (<c>sub</c>); <c>siar</c> in 1.0 when null.</summary>
    public string? Subject { get; init; }

    /// <summary>The client it is given to (<c>client_id</c>, 1.0); the subject when null.</summary>
    public string? ClientId { get; init; }

    /// <summary>What presence tells others of the subscriber; 1.0 allows only an object.</summary>
    public JsonElement? Payload { get; init; }
}
