using System.Security.Claims;

namespace Siar.AspNetCore;

/// <summary>
/// The authentication scheme of the hub's tokens, where <c>UseTokens</c> was called. It is never an application's default: an endpoint of the application's own that
/// wants it names it, as in <c>RequireAuthorization(policy => policy.AddAuthenticationSchemes(SiarAuthentication.Scheme).RequireAuthenticatedUser())</c>.
/// </summary>
public static class SiarAuthentication
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "Siar";

    /// <summary>
    /// What a user may publish and read by the token that the request brought; null for a user that no token of the hub's speaks of. On the hub's own endpoints in the
    /// role that the request asks for; elsewhere in the role that the request's method speaks of, to read or to write, and else in the other one.
    /// </summary>
    public static SiarAccess? FindSiarAccess(this ClaimsPrincipal user) => user.Identities.OfType<TokenIdentity>().FirstOrDefault()?.Access;
}
