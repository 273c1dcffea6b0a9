using System.Collections.Immutable;

namespace Siar.Auth;

/// <summary>Where an issuer publishes its keys, and how often to look.</summary>
public sealed record JwksEndpointOptions
{
    /// <summary>The address of the JSON Web Key Set: <c>https</c>, or <c>http</c> on loopback.</summary>
    public required Uri Url { get; init; }

    /// <summary>The algorithms to accept; EdDSA and all of ES, RS, PS by default, never HS.</summary>
    public ImmutableArray<string> Algorithms { get; init; } = KeyFamily.Asymmetric;

    /// <summary>How old keys may be before newer ones are looked for, while the old ones go on serving. 10 seconds to a day. Default 15 minutes.</summary>
    public TimeSpan RefreshInterval { get; init => field = SettingRange.Check(value, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)); } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How old keys may be before they serve no more, when newer ones cannot be had: the longest that a revoked key is believed. One minute to 30 days. Default one day.
    /// </summary>
    public TimeSpan MaxAge { get; init => field = SettingRange.Check(value, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)); } = TimeSpan.FromDays(1);

    /// <summary>
    /// The least time between two requests, however many tokens name a key that is not known: a stranger's tokens must not turn into requests to the issuer.
    /// One second to an hour. Default 30 seconds.
    /// </summary>
    public TimeSpan MinInterval { get; init => field = SettingRange.Check(value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)); } = TimeSpan.FromSeconds(30);

    /// <summary>The wait after a first failure; it doubles with each further one, up to <see cref="RefreshInterval"/>. A tenth of a second to five minutes. Default one second.</summary>
    public TimeSpan FirstBackoff { get; init => field = SettingRange.Check(value, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)); } = TimeSpan.FromSeconds(1);

    /// <summary>How long one request may take. A tenth of a second to five minutes. Default 10 seconds.</summary>
    public TimeSpan Timeout { get; init => field = SettingRange.Check(value, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)); } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Called with a sentence about each key of the set that is meant for signatures and cannot be used, such as one with numbers that make no key: it
    /// is left out. Once for each sentence, however often the set is fetched; may be called from any thread. Default: nobody is told.
    /// </summary>
    public Action<string>? OnKeySkipped { get; init; }

    /// <summary>The largest answer, in bytes. 1,024 to 64 Mi. Default 1 MiB.</summary>
    public int MaxBytes { get; init => field = SettingRange.Check(value, 1024, 64 * 1024 * 1024); } = 1024 * 1024;
}
