namespace Siar.Auth;

/// <summary>Why a token was refused, coarsely enough to count.</summary>
public enum TokenFailureKind
{
    /// <summary>The text is not a compact JWS with two JSON objects, or it is longer than the limit.</summary>
    Malformed,

    /// <summary>No trusted key made the signature: unknown issuer, algorithm that is not allowed, wrong key, changed text.</summary>
    Untrusted,

    /// <summary>The token is genuine, and over.</summary>
    Expired,

    /// <summary>The token is genuine, and its time has not begun.</summary>
    NotYetValid,

    /// <summary>The token is genuine, but not for this hub or not well formed: type, audience or grants.</summary>
    Invalid,

    /// <summary>The token is genuine, but holds more than the hub accepts.</summary>
    LimitExceeded,

    /// <summary>Nothing is known of the token: the keys to check it with could not be fetched. The same token may be good later.</summary>
    KeysUnavailable,
}
