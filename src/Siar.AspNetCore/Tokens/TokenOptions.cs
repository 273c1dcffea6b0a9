using System.ComponentModel.DataAnnotations;
using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>
/// Whose tokens count on the hub's doors, and how they come. Checked when the application starts; a wrong value stops the start with a
/// sentence that names it.
/// </summary>
public sealed class TokenOptions
{
    /// <summary>The hub's own keys for publishers' tokens, of both dialects.</summary>
    public TokenKeyOptions Publish { get; } = new();

    /// <summary>The hub's own keys for subscribers' tokens, of both dialects.</summary>
    public TokenKeyOptions Subscribe { get; } = new();

    /// <summary>
    /// The names that tokens of Mercure 1.0 made with the hub's own keys may bear as <c>iss</c>. Default: the origin of
    /// <see cref="SiarOptions.Resource"/>.
    /// </summary>
    public IList<string> Issuers { get; } = [];

    /// <summary>Issuers of 1.0 tokens that have keys of their own, by the name in <c>iss</c>. Default: none.</summary>
    public IDictionary<string, IssuerOptions> TrustedIssuers { get; } = new Dictionary<string, IssuerOptions>();

    /// <summary>
    /// Whether the hub's own keys are for tokens of Mercure 0.x as well. That dialect has no rule about issuer, audience or type, so whoever
    /// holds a key should make tokens for this hub alone. Default: true.
    /// </summary>
    public bool AcceptLegacyTokens { get; set; } = true;

    /// <summary>The cookie that a token may come in. Default: <c>__Secure-mercure_access_token</c>.</summary>
    [RegularExpression("[!#$%&'*+.^_`|~0-9A-Za-z-]+")]
    public string CookieName { get; set; } = "__Secure-mercure_access_token";

    /// <summary>The cookie that a token of Mercure 0.x may come in. Default: <c>mercureAuthorization</c>.</summary>
    [RegularExpression("[!#$%&'*+.^_`|~0-9A-Za-z-]+")]
    public string LegacyCookieName { get; set; } = "mercureAuthorization";

    /// <summary>
    /// Whether a token of Mercure 0.x may come in the query, as <c>authorization</c>, for an <c>EventSource</c> without cookies. It is kept
    /// out of the application's logs and traces, not out of those of the proxies before it. Default: true.
    /// </summary>
    public bool AcceptQueryTokens { get; set; } = true;

    /// <summary>
    /// Origins whose pages may publish with a token in a cookie, beside the hub's own: <c>https://app.example.com</c>, with one <c>*</c> for
    /// what stands before a domain (<c>https://*.example.com</c>), or <c>*</c> for all. Default: none.
    /// </summary>
    public IList<string> PublishOrigins { get; } = [];

    /// <summary>Whether <c>/metrics</c> needs a token that may subscribe to the topic of <c>metrics</c> below the Mercure path. Default: true.</summary>
    public bool GuardMetrics { get; set; } = true;

    /// <summary>How much one token may hold. Default: 128 KiB, 1,000 matchers. Kestrel's limits on headers are raised to it.</summary>
    public TokenLimits Limits { get; set; } = new();

    /// <summary>How many tokens' grants are remembered, and for how long.</summary>
    public GrantCacheOptions Cache { get; set; } = new();

    /// <summary>What fetches keys at an address, for proxies of one's own; not disposed of. Default: a client that follows no redirect.</summary>
    public HttpMessageHandler? KeyHandler { get; set; }
}
