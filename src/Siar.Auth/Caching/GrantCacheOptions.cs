namespace Siar.Auth;

/// <summary>How much a <see cref="GrantCache"/> holds, and for how long.</summary>
public sealed record GrantCacheOptions
{
    /// <summary>The most grants, 1 to 1,000,000. Default 10,000.</summary>
    public int MaxGrants { get; init => field = Setting.InRange(value, 1, 1_000_000); } = 10_000;

    /// <summary>
    /// The most matchers in all grants together, 1 to 100,000,000, for they are what a grant's memory is made of. Default 200,000.
    /// </summary>
    public int MaxMatchers { get; init => field = Setting.InRange(value, 1, 100_000_000); } = 200_000;

    /// <summary>
    /// How long a grant is believed without another look at the token, zero to an hour: the longest that a key outlives its removal. Default five minutes.
    /// </summary>
    public TimeSpan MaxAge { get; init => field = Setting.InRange(value, TimeSpan.Zero, TimeSpan.FromHours(1)); } = TimeSpan.FromMinutes(5);
}
