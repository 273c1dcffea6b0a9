namespace Siar.Auth;

/// <summary>How much a <see cref="GrantCache"/> holds, and for how long.</summary>
public sealed record GrantCacheOptions
{
    /// <summary>The most grants, 1 to 1,000,000. Default 10,000.</summary>
    public int MaxGrants { get; init => field = SettingRange.Check(value, 1, 1_000_000); } = 10_000;

    /// <summary>The most memory for all grants together, in estimated bytes, 1 KiB to 16 GiB. Default 64 MiB: that of half a million exact matchers.</summary>
    public long MaxBytes { get; init => field = SettingRange.Check(value, 1024, 16L * 1024 * 1024 * 1024); } = 64 * 1024 * 1024;

    /// <summary>
    /// How long a grant is believed without another look at the token, zero to an hour: the longest that a key outlives its removal. Default five minutes.
    /// </summary>
    public TimeSpan MaxAge { get; init => field = SettingRange.Check(value, TimeSpan.Zero, TimeSpan.FromHours(1)); } = TimeSpan.FromMinutes(5);
}
