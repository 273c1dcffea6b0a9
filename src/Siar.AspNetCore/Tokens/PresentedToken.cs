using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>A token as a request brought it.</summary>
/// <param name="Text">The token.</param>
/// <param name="Place">Where it stood.</param>
internal readonly record struct PresentedToken(string Text, TokenPlace Place)
{
    /// <summary>Further tokens in cookies of the same name, in order; null where there is none.</summary>
    public IReadOnlyList<string>? Others { get; init; }

    /// <summary>Whether a browser sends it by itself, whoever's page makes the request.</summary>
    public bool IsAmbient => Place is TokenPlace.Cookie or TokenPlace.LegacyCookie;

    /// <summary>Whether only tokens of Mercure 0.x count there.</summary>
    public bool IsLegacyOnly => Place is TokenPlace.Query or TokenPlace.LegacyCookie;

    /// <summary>Whether a valid token counts where this one stood.</summary>
    public bool Takes(TokenResult result) => result.Succeeded && !(IsLegacyOnly && result.Dialect is TokenDialect.V1);
}

/// <summary>Where a token can stand in a request.</summary>
internal enum TokenPlace
{
    Header,
    Query,
    Cookie,
    LegacyCookie,
}

/// <summary>What the request's own shape says about its dialect, and so about the places at which a token is looked for.</summary>
internal enum RequestDialect
{
    /// <summary>Nothing: the token decides.</summary>
    Open,

    /// <summary>Mercure 1.0.</summary>
    V1,

    /// <summary>Mercure 0.x.</summary>
    V0,
}
