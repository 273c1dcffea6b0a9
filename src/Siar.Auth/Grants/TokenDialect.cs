namespace Siar.Auth;

/// <summary>The dialect of the Mercure protocol that a token is written in. The token's own claims decide it.</summary>
public enum TokenDialect
{
    /// <summary>Protocol 1.0 (draft-08): an RFC 9068 access token whose <c>authorization_details</c> say what it grants.</summary>
    V1,

    /// <summary>Protocol 0.x (draft-07): any JWS whose <c>mercure</c> or <c>https://mercure.rocks/</c> claim says what it grants.</summary>
    V0,
}
