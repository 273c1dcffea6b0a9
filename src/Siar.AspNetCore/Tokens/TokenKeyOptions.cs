namespace Siar.AspNetCore;

/// <summary>Where the keys of one role come from: texts and files, or an address. A role without any is closed.</summary>
public sealed class TokenKeyOptions
{
    /// <summary>
    /// Keys as text: a secret of HMAC, PEM (public keys or certificates), or a JSON Web Key Set. Several serve side by side, as while a key is
    /// being replaced. Default: none.
    /// </summary>
    public IList<string> Keys { get; } = [];

    /// <summary>Files that hold such a text, read when the application starts; the line break at the end of a secret is left out. Default: none.</summary>
    public IList<string> Files { get; } = [];

    /// <summary>
    /// The address of a JSON Web Key Set, <c>https</c> or on loopback, instead of keys and files. Fetched when first needed and refreshed as
    /// it ages; when it cannot be had, the last one serves for a day. Default: none.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>
    /// The JWS algorithms to accept: HS, RS, PS or ES with 256, 384 or 512, and EdDSA. Default: HS256 for secrets, all that fit for every
    /// other key.
    /// </summary>
    public IList<string> Algorithms { get; } = [];

    /// <summary>Whether there is any key.</summary>
    internal bool IsSet => Keys.Count > 0 || Files.Count > 0 || Url is not null;
}
