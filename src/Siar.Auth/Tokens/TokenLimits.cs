namespace Siar.Auth;

/// <summary>How much one token may hold. A token beyond a limit is refused; its bearer is told no more than of any other bad token.</summary>
public sealed record TokenLimits
{
    /// <summary>
    /// The longest token, in characters, 1,024 to 4 Mi. Default 131,072: a thousand matchers of 60 bytes. Whoever accepts tokens of that size in a
    /// header must also raise the server's limit on headers.
    /// </summary>
    public int MaxLength { get; init => field = SettingRange.Check(value, 1024, 4 * 1024 * 1024); } = 128 * 1024;

    /// <summary>The most Mercure entries in <c>authorization_details</c> (1.0), 1 to 100,000. Default 1,000.</summary>
    public int MaxDetails { get; init => field = SettingRange.Check(value, 1, 100_000); } = 1000;

    /// <summary>The most topic matchers in the whole token (1.0), and the most selectors in each of its two lists (0.x), 1 to 100,000. Default 1,000.</summary>
    public int MaxMatchers { get; init => field = SettingRange.Check(value, 1, 100_000); } = 1000;
}
