using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>Either what a caller may do, or why the request is refused.</summary>
internal readonly record struct AccessDecision(SiarAccess? Access, Refusal? Refusal)
{
    /// <summary>The dialect of the token that decided; null where none did.</summary>
    public TokenDialect? Dialect { get; init; }

    public static AccessDecision Of(in TokenDecision decision) => new(decision.Grant is null ? null : SiarAccess.OfToken(decision), decision.Refusal) { Dialect = decision.Dialect };

    public static implicit operator AccessDecision(SiarAccess access) => new(access, null) { Dialect = access.Grant?.Dialect };

    public static implicit operator AccessDecision(Refusal refusal) => new(null, refusal);
}

/// <summary>
/// The one place that says what a caller may do, for every door: development mode with its guards, and the tokens that it makes to try them; else the
/// token, where there is one; else the application's authoriser; else what is open to everybody. Where no rule says it, nobody may anything.
/// </summary>
internal sealed partial class AccessResolver(
    EventHub hub, DevelopmentTokens tried, IHostEnvironment environment, IOptions<SiarOptions> options, AnonymousReaders anonymous, ILogger<AccessResolver> logger,
    ISiarAuthorizer? authorizer = null, TokenAccess? tokens = null)
{
    private readonly DevelopmentGuard _guard = new(options.Value.AllowedOrigins);

    private const string NoRule =
        """
        MapSiar serves readers that choose their topics themselves, and nothing says who may read what, outside of the Development environment. Say it, in one of three ways or in several:
          AddSiar().UseTokens(tokens => tokens.Subscribe.Keys.Add(…))    readers show a token, and read what it grants
          AddSiar().UseAuthorizer(context => …)                          the application says what each caller may read
          AddSiar().AllowAnonymousReaders("news/*")                      everybody may read the public events of these topics; "*" is all of them
        Where readers need not choose, leave MapSiar out and map streams of the application's own: app.MapEvents("/live", "prices").
        """;

    private static readonly Refusal NobodyMay = new(StatusCodes.Status403Forbidden, RefusalReason.Forbidden,
        "Nobody may publish here: the hub has neither keys nor an authorisation hook (AddSiar().UseTokens(…) or UseAuthorizer(…)), and this is not the Development environment.");

    private static readonly Refusal OtherOrigin = new(StatusCodes.Status403Forbidden, RefusalReason.Origin,
        "A page of another origin may not publish here. Behind a proxy that ends TLS, let the application know the scheme (forwarded headers).");

    /// <summary>Whether callers need no authorisation.</summary>
    public bool IsDevelopment => options.Value.DevelopmentMode ?? (authorizer is null && tokens is null && environment.IsDevelopment());

    /// <summary>Says it of a reader.</summary>
    public ValueTask<AccessDecision> ResolveAsync(HttpContext context) => ResolveAsync(context, RequestDialect.Open);

    /// <inheritdoc cref="ResolveAsync(HttpContext)" />
    public async ValueTask<AccessDecision> ResolveAsync(HttpContext context, RequestDialect dialect) => UnlessRevoked(context, await ResolveReaderAsync(context, dialect));

    private async ValueTask<AccessDecision> ResolveReaderAsync(HttpContext context, RequestDialect dialect)
    {
        if (IsDevelopment) return await ResolveInDevelopmentAsync(context, TokenRole.Subscribe);
        if (tokens is not null && await tokens.FindAsync(context, TokenRole.Subscribe, dialect, authorizer is not null) is { } decision) return Decide(context, decision);
        if (authorizer is not null && await AskAsync(authorizer, context) is { } access) return WithWhatIsOpen(access);
        if (anonymous.Exist) return new SiarAccess { Public = anonymous.Topics, IsEverybodys = true };
        return tokens is not null ? Refusal.NoToken : authorizer is not null ? Refusal.Unauthenticated : new SiarAccess();
    }

    /// <summary>
    /// Says it of a reader whose fields are in a body that has not been read. Null where they may yet change it: they say the dialect, and each dialect looks for
    /// tokens in places of its own besides the header.
    /// </summary>
    public async ValueTask<AccessDecision?> ResolveUnreadAsync(HttpContext context)
    {
        var decision = await ResolveAsync(context, RequestDialect.Open);
        if (tokens is null || IsDevelopment || !tokens.MayDependOnDialect(context.Request)) return decision;
        foreach (var dialect in new[] { RequestDialect.V0, RequestDialect.V1 })
        {
            if (decision.Refusal is null || (await ResolveAsync(context, dialect)).Refusal is null) return null;
        }

        return decision;
    }

    /// <summary>Says it of a publisher. A page of another site could publish with the cookies of whoever looks at it.</summary>
    public async ValueTask<AccessDecision> ResolveToPublishAsync(HttpContext context) => UnlessRevoked(context, await ResolvePublisherAsync(context));

    private async ValueTask<AccessDecision> ResolvePublisherAsync(HttpContext context)
    {
        if (IsDevelopment) return await ResolveInDevelopmentAsync(context, TokenRole.Publish);
        if (tokens is not null && await tokens.FindAsync(context, TokenRole.Publish, RequestDialect.Open, authorizer is not null) is { } decision) return Decide(context, decision);
        if (authorizer is null) return tokens is null ? NobodyMay : Refusal.NoToken;
        if (!RequestOrigin.IsAbsentOrSame(context.Request)) return OtherOrigin;
        return await AskAsync(authorizer, context) is { } access ? access : Refusal.Unauthenticated;
    }

    /// <summary>Why development mode does not answer a request; null where it does, and in every other mode.</summary>
    public Refusal? CheckDevelopment(HttpContext context) => IsDevelopment ? _guard.Check(context) : null;

    /// <summary>
    /// Says what the token in a request to an endpoint of the application's own allows; null where it has none. A token counts there in the role that the method
    /// speaks of, to read or to write, and else in the other one; it grants what it grants in that role.
    /// </summary>
    public async ValueTask<AccessDecision?> FindTokenAsync(HttpContext context)
    {
        var role = TokenAccess.IsSafe(context.Request.Method) ? TokenRole.Subscribe : TokenRole.Publish;
        var other = role is TokenRole.Subscribe ? TokenRole.Publish : TokenRole.Subscribe;
        if (IsDevelopment) return _guard.Check(context) is null && await tried.FindAsync(context, role) is { } made ? UnlessRevoked(context, AccessDecision.Of(made)) : (AccessDecision?)null;
        if (tokens is null) return null;
        TokenDecision? found = null;
        foreach (var each in new[] { role, other }.Where(tokens.IsOpen))
        {
            found = await tokens.FindAsync(context, each, RequestDialect.Open, hasOthers: true, isLogged: each == other);
            if (found is not { Grant: null }) break;
        }

        return found is { } decision ? UnlessRevoked(context, AccessDecision.Of(decision)) : (AccessDecision?)null;
    }

    /// <summary>The revocation that means a caller; null where none does. Where nobody is revoked, it costs nothing.</summary>
    public Refusal? FindRevocation(HttpContext context, SiarAccess access, bool countsAddress = true) =>
        hub.Revocations.Any && hub.Revocations.Find(access.MarksOf(context), countsAddress ? ClientAddress.Of(context) : null) is { } revocation ? Refusal.Revoked(revocation) : null;

    /// <summary>
    /// Says whether somebody may do what only those may who run the hub; null where so. Whoever has passed an authorisation that is set on the endpoint may; else it takes a
    /// grant to publish to one of the hub's own topics. That an address was revoked, perhaps a proxy's, locks nobody out who could lift it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="deed">What is to be done, as in 'end streams'.</param>
    public async ValueTask<Refusal?> CheckDeedAsync(HttpContext context, Topic topic, string deed)
    {
        if (!RequestOrigin.IsAbsentOrSame(context.Request)) return new Refusal(StatusCodes.Status403Forbidden, RefusalReason.Origin, $"A page of another origin may not {deed} here.");
        if (OwnAuthorization.IsOn(context)) return FindRevocation(context, context.User.FindSiarAccess() ?? new SiarAccess(), countsAddress: false);
        var decision = await ResolvePublisherAsync(context);
        if (decision.Access is not { } access) return decision.Refusal;
        if (FindRevocation(context, access, countsAddress: false) is { } revoked) return revoked;
        return access.Publish.Matches(topic) ? null : Refusal.Forbidden($"You may not {deed} of this hub: it takes a grant to publish to '{topic}'.");
    }

    /// <summary>Says whether somebody may see what the hub tells about itself under one of its own topics; null where so.</summary>
    public async ValueTask<Refusal?> CheckReservedAsync(HttpContext context, Topic topic)
    {
        var decision = await ResolveAsync(context);
        if (decision.Access is not { } access) return decision.Refusal;
        if (access.Subscribe.Matches(topic)) return null;
        return access.Grant is null && tokens is not null ? Refusal.NoToken : Refusal.Forbidden($"You may not see this: it takes a grant to subscribe to '{topic}'.");
    }

    /// <summary>Has the origins of other options count from now on.</summary>
    public void Take(SiarOptions options) => _guard.Take(options.AllowedOrigins);

    /// <summary>Makes sure that something says who may read what, and tells the log what development mode means, where it is on.</summary>
    /// <exception cref="InvalidOperationException">Nothing says it.</exception>
    public void RequireRule()
    {
        if (IsDevelopment) LogDevelopment(logger);
        else if (authorizer is null && tokens is null && !anonymous.Exist) throw new InvalidOperationException(NoRule);
    }

    [LoggerMessage(4, LogLevel.Information, "Development mode: everybody on this machine may publish and read everything. A proxy that shows itself is refused; one that speaks HTTP/1.1 and adds no header field "
        + "such as X-Forwarded-For cannot be told from this machine, and lets in everybody whom it serves.")]
    private static partial void LogDevelopment(ILogger logger);

    private async ValueTask<AccessDecision> ResolveInDevelopmentAsync(HttpContext context, TokenRole role)
    {
        if (_guard.Check(context) is { } refusal) return refusal;
        if (await tried.FindAsync(context, role) is not { } decision) return SiarAccess.Everything;
        // Every public event is open to everybody here.
        var decided = Decide(context, decision);
        return decided.Access is { } access ? decided with { Access = access with { Public = MatcherSet.All } } : decided;
    }

    // Whoever looks at the user later, such as a log of requests, sees the token's bearer.
    private AccessDecision Decide(HttpContext context, in TokenDecision decision)
    {
        var decided = AccessDecision.Of(decision);
        if (decided.Access is not { } access) return decided;
        TokenUser.Set(context, access);
        AccessEntry.Of(context)?.Identify(access.Caller);
        return decided with { Access = WithWhatIsOpen(access) };
    }

    // Nobody has less for having said who it is.
    private SiarAccess WithWhatIsOpen(SiarAccess access) => anonymous.Exist ? access with { Public = access.Public.Or(anonymous.Topics) } : access;

    private AccessDecision UnlessRevoked(HttpContext context, in AccessDecision decision) =>
        decision.Access is { } access && FindRevocation(context, access) is { } refusal ? decision with { Access = null, Refusal = refusal } : decision;

    private static async ValueTask<SiarAccess?> AskAsync(ISiarAuthorizer authorizer, HttpContext context)
    {
        var access = await authorizer.AuthorizeAsync(context, context.RequestAborted);
        if (access is not null) AccessEntry.Of(context)?.Identify(access.Caller);
        return access;
    }
}
