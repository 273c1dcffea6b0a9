using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Siar.AspNetCore;

/// <summary>The bearer of a token as a user of the application: its subject (<c>sub</c>) as name identifier, and what it may do.</summary>
internal sealed class TokenIdentity(SiarAccess access)
    : ClaimsIdentity(ClaimsOf(access), SiarAuthentication.Scheme, ClaimTypes.NameIdentifier, ClaimTypes.Role)
{
    public SiarAccess Access => access;

    private static IEnumerable<Claim> ClaimsOf(SiarAccess access)
    {
        var issuer = access.Grant?.Issuer ?? ClaimsIdentity.DefaultIssuer;
        if (access.Grant?.Subject is { } subject) yield return new Claim(ClaimTypes.NameIdentifier, subject, ClaimValueTypes.String, issuer);
        if (access.Grant?.Issuer is not null) yield return new Claim("iss", issuer, ClaimValueTypes.String, issuer);
    }
}

/// <summary>
/// The user of a request whose token the hub has read: the token's bearer, and whom the application knows besides. Made when somebody asks, which mostly nobody
/// does.
/// </summary>
internal sealed class TokenUser : IHttpAuthenticationFeature
{
    private readonly SiarAccess _access;
    private readonly ClaimsPrincipal? _known;
    private ClaimsPrincipal? _user;

    private TokenUser(SiarAccess access, ClaimsPrincipal? known)
    {
        _access = access;
        _known = known;
    }

    public ClaimsPrincipal? User
    {
        get => _user ??= PrincipalOf(_access, _known);
        set => _user = value;
    }

    /// <summary>Makes the token's bearer the user of a request.</summary>
    public static void Set(HttpContext context, SiarAccess access) =>
        context.Features.Set<IHttpAuthenticationFeature>(new TokenUser(access, context.Features.Get<IHttpAuthenticationFeature>()?.User));

    /// <summary>The user that the application knows of itself, besides the token's bearer; null where it knows none.</summary>
    public static ClaimsPrincipal? KnownTo(HttpContext context) => context.Features.Get<IHttpAuthenticationFeature>() switch
    {
        TokenUser { _user: null } token => token._known,
        var feature => feature?.User,
    };

    /// <summary>The token's bearer, and whom the application knows besides.</summary>
    public static ClaimsPrincipal PrincipalOf(SiarAccess access, ClaimsPrincipal? known)
    {
        var user = new ClaimsPrincipal(new TokenIdentity(access));
        if (known is not null) user.AddIdentities(known.Identities.Where(i => i.IsAuthenticated && i is not TokenIdentity));
        return user;
    }
}
