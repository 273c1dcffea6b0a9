using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace Siar.AspNetCore;

/// <summary>
/// Gives out the handler of <see cref="SiarAuthentication.Scheme"/> beside those of the application's schemes. A scheme among the application's own would be its
/// default where it is the only one, and would end the only other one's being so: this one is found by its name alone, and an application that has no
/// authentication gets none. A scheme of the application's own that has the name comes first. For one request.
/// </summary>
internal sealed class TokenSchemeProvider(IAuthenticationHandlerProvider schemes, AccessResolver resolver, RefusalResponse refusals) : IAuthenticationHandlerProvider
{
    private static readonly AuthenticationScheme Scheme = new(SiarAuthentication.Scheme, displayName: null, typeof(TokenScheme));

    private TokenScheme? _handler;

    /// <summary>Registers it, whether the application has called <c>AddAuthentication</c> before, calls it later, or never does.</summary>
    public static void Register(IServiceCollection services)
    {
        var known = services.LastOrDefault(s => s.ServiceType == typeof(IAuthenticationHandlerProvider) && !s.IsKeyedService);
        services.AddScoped<IAuthenticationHandlerProvider>(s => new TokenSchemeProvider(
            known is null ? new AuthenticationHandlerProvider(s.GetRequiredService<IAuthenticationSchemeProvider>()) : Make(known, s),
            s.GetRequiredService<AccessResolver>(), s.GetRequiredService<RefusalResponse>()));
    }

    public async Task<IAuthenticationHandler?> GetHandlerAsync(HttpContext context, string authenticationScheme)
    {
        var known = await schemes.GetHandlerAsync(context, authenticationScheme);
        if (known is not null || authenticationScheme != SiarAuthentication.Scheme) return known;
        if (_handler is not null) return _handler;
        var handler = new TokenScheme(resolver, refusals);
        await handler.InitializeAsync(Scheme, context);
        return _handler = handler;
    }

    private static IAuthenticationHandlerProvider Make(ServiceDescriptor known, IServiceProvider services) => (IAuthenticationHandlerProvider)(
        known.ImplementationInstance
        ?? known.ImplementationFactory?.Invoke(services)
        ?? ActivatorUtilities.CreateInstance(services, known.ImplementationType!));
}

/// <summary>The scheme's handler: reads the token of one request, and answers as the hub's own endpoints do.</summary>
internal sealed class TokenScheme(AccessResolver resolver, RefusalResponse refusals) : IAuthenticationHandler
{
    private HttpContext _context = null!;
    private Task<AccessDecision?>? _found;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public async Task<AuthenticateResult> AuthenticateAsync() => await FindAsync() switch
    {
        null => AuthenticateResult.NoResult(),
        { Access: { } access } => AuthenticateResult.Success(new AuthenticationTicket(TokenUser.PrincipalOf(access, known: null), SiarAuthentication.Scheme)),
        { Refusal: var refusal } => AuthenticateResult.Fail(refusal!.Sentence),
    };

    public async Task ChallengeAsync(AuthenticationProperties? properties) => await refusals.SendAsync(_context, (await FindAsync())?.Refusal ?? Refusal.NoToken);

    public Task ForbidAsync(AuthenticationProperties? properties) => refusals.SendAsync(_context, Refusal.Forbidden("The token does not allow this."));

    private Task<AccessDecision?> FindAsync() => _found ??= resolver.FindTokenAsync(_context).AsTask();
}
