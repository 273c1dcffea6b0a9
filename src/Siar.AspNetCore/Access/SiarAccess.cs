using System.Security.Claims;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// Says what a caller may do, in applications that have rules of their own. Asked once for each request to <c>/events</c> and the Mercure
/// path; may be called concurrently. An exception refuses the request as a failure of the application.
/// </summary>
public interface ISiarAuthorizer
{
    /// <summary>Answers what the caller may do, or null for a caller that is not known, who is answered 401.</summary>
    ValueTask<SiarAccess?> AuthorizeAsync(HttpContext context, CancellationToken cancellationToken);
}

/// <summary>An authoriser that is a function.</summary>
internal sealed class DelegateAuthorizer(Func<HttpContext, ValueTask<SiarAccess?>> authorize) : ISiarAuthorizer
{
    public ValueTask<SiarAccess?> AuthorizeAsync(HttpContext context, CancellationToken cancellationToken) => authorize(context);
}

/// <summary>What a caller may do. Immutable. What is not allowed here is not allowed, save what <c>AllowAnonymousReaders</c> opens to everybody.</summary>
public sealed record SiarAccess
{
    /// <summary>The public events of every topic may be read; nothing else.</summary>
    public static SiarAccess ReadPublic { get; } = new() { Public = MatcherSet.All };

    /// <summary>Everything may be published and read.</summary>
    public static SiarAccess Everything { get; } = new() { Publish = MatcherSet.All, Subscribe = MatcherSet.All };

    /// <summary>Which topics may be published to; an event needs all of its topics meant by these. Default: none.</summary>
    public MatcherSet Publish { get; init; } = MatcherSet.None;

    /// <summary>Which topics may be read, private events included: of an event one topic must be meant by these. Default: none.</summary>
    public MatcherSet Subscribe { get; init; } = MatcherSet.None;

    /// <summary>
    /// Of which further topics the public events may be read, besides those that <c>AllowAnonymousReaders</c> opens to everybody. Default: none.
    /// </summary>
    public MatcherSet Public { get; init; } = MatcherSet.None;

    /// <summary>Who the caller is, for the limits by token; callers of one name share them. Null leaves the limits by address alone.</summary>
    public string? Name { get; init; }

    /// <summary>When streams must end at the latest, such as with a session; the reader comes back and is asked anew. Default: never.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Whether everybody has this access, whatever the request brings.</summary>
    internal bool IsEverybodys { get; init; }

    /// <summary>The topics that may be read at all.</summary>
    internal MatcherSet Readable => Subscribe.Or(Public);

    /// <summary>What the caller's token says; null where no token decided.</summary>
    internal Grant? Grant { get; init; }

    /// <summary>The bearer of the token that decided; nobody in particular where none did.</summary>
    internal CallerIdentity Token { get; init; }

    /// <summary>Who the limits by token count: the bearer of this token, or of the name that the application gave.</summary>
    internal CallerIdentity Credential => Token.IsNone ? OfName() : Token;

    /// <summary>Whose idempotency keys the caller uses: the same with every token that its issuer gives it.</summary>
    internal CallerIdentity Caller => Grant switch
    {
        { Subject: { } subject, Issuer: { } issuer } => CallerIdentity.OfIssuer(issuer, subject),
        { Subject: { } subject } => CallerIdentity.OfOwnKeys(subject),
        _ => Credential,
    };

    /// <summary>By what a revocation may mean the caller, besides its address: what its token says, and what the application knows of its user.</summary>
    internal CallerMarks? MarksOf(HttpContext context)
    {
        var user = TokenUser.KnownTo(context);
        if (user is null && Grant is null && Name is null) return null;
        var marks = new CallerMarks.Builder();
        marks.AddUser(Caller);
        if (Grant is not null)
        {
            if (Grant.TokenId is { Length: > 0 } id) marks.AddToken(id);
            foreach (var claim in Grant.Claims) marks.AddClaim(claim.Type, claim.Value);
        }

        foreach (var identity in user?.Identities ?? [])
        {
            if (identity.IsAuthenticated) Add(marks, identity);
        }

        return marks.Build();
    }

    private static void Add(CallerMarks.Builder marks, ClaimsIdentity identity)
    {
        if (identity is TokenIdentity) return;
        if (identity.Name is { Length: > 0 } name) marks.AddUser(name);
        foreach (var claim in identity.Claims)
        {
            marks.AddClaim(claim.Type, claim.Value);
            if (claim.Type is ClaimTypes.NameIdentifier or "sub") marks.AddUser(claim.Value, claim.Issuer == ClaimsIdentity.DefaultIssuer ? null : claim.Issuer);
            if (claim.Type == "jti") marks.AddToken(claim.Value);
        }
    }

    /// <summary>What earlier builds called the caller beside its idempotency keys.</summary>
    internal string FormerName => Grant?.Subject ?? (Token.IsNone ? Name ?? "" : "token:" + Token.Name[..16]);

    /// <summary>What the bearer of a token may do.</summary>
    internal static SiarAccess OfToken(in TokenDecision decision) => new()
    {
        Publish = decision.Grant!.Publish, Subscribe = decision.Grant.Subscribe, Token = CallerIdentity.OfToken(decision.Text), EndsAt = decision.EndsAt, Grant = decision.Grant,
    };

    private CallerIdentity OfName() => Name is { } name ? CallerIdentity.OfApplication(name) : default;
}
