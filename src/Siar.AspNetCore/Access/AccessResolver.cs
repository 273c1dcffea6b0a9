using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>
/// The one place that says what a caller may do, for every door: the application's authoriser where there is one, else development
/// mode with its guards, else public events only.
/// </summary>
internal sealed class AccessResolver(IEnumerable<ISiarAuthorizer> authorizers, IHostEnvironment environment, IOptions<SiarOptions> options)
{
    private readonly ISiarAuthorizer? _authorizer = authorizers.LastOrDefault();

    private static readonly Refusal NobodyMay = new(StatusCodes.Status403Forbidden, RefusalReason.Forbidden,
        "Nobody may publish here: the hub has neither keys nor an authorisation hook (AddSiar().UseAuthorizer(…)), and this is not the Development environment.");

    private static readonly Refusal OtherOrigin = new(StatusCodes.Status403Forbidden, RefusalReason.Origin,
        "A page of another origin may not publish here. Behind a proxy that ends TLS, let the application know the scheme (forwarded headers).");

    private bool IsDevelopment => options.Value.DevelopmentMode ?? (_authorizer is null && environment.IsDevelopment());

    public async ValueTask<AccessDecision> ResolveAsync(HttpContext context)
    {
        if (IsDevelopment) return DevelopmentGuard.Check(context.Request) is { } refusal ? refusal : SiarAccess.Everything;
        if (_authorizer is null) return SiarAccess.ReadPublic;
        return await _authorizer.AuthorizeAsync(context, context.RequestAborted) is { } access ? access : Refusal.Unauthenticated;
    }

    /// <summary>The same for a caller who wants to publish. A page of another site could do so with the cookies of whoever looks at it.</summary>
    public async ValueTask<AccessDecision> ResolveToPublishAsync(HttpContext context)
    {
        if (!IsDevelopment && _authorizer is null) return NobodyMay;
        if (!RequestOrigin.IsAbsentOrSame(context.Request)) return OtherOrigin;
        return await ResolveAsync(context);
    }
}
