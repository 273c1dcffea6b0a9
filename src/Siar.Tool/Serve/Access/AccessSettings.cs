using Siar.AspNetCore;
using Siar.Hub;

namespace Siar.Tool;

/// <summary>Who may do what, and from which pages.</summary>
internal static class AccessSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("dev", (s, v) => s.Dev = v.ToFlag(), s => s.Dev),
        new("anonymous", (s, v) => KeySettings.Assign(s.Siar.AnonymousReaders, ToTopics(v)), s => SettingCatalogue.Array(s.Siar.AnonymousReaders)) { IsList = true },
        .. KeySettings.All,
        new("issuers", (s, v) => KeySettings.Assign(s.Tokens.Issuers, v.Texts), s => SettingCatalogue.Array(s.Tokens.Issuers)) { IsList = true, Reloads = true },
        IssuerSettings.TrustedIssuers,
        new("resource", (s, v) => s.Siar.Resource = v.Text, s => s.Siar.Resource),
        new("acceptLegacyTokens", (s, v) => s.Tokens.AcceptLegacyTokens = v.ToFlag(), s => s.Tokens.AcceptLegacyTokens) { Reloads = true },
        new("acceptQueryTokens", (s, v) => s.Tokens.AcceptQueryTokens = v.ToFlag(), s => s.Tokens.AcceptQueryTokens) { Reloads = true },
        new("cookieName", (s, v) => s.Tokens.CookieName = v.Text, s => s.Tokens.CookieName) { Reloads = true },
        new("legacyCookieName", (s, v) => s.Tokens.LegacyCookieName = v.Text, s => s.Tokens.LegacyCookieName) { Reloads = true },
        new("publishOrigins", (s, v) => KeySettings.Assign(s.Tokens.PublishOrigins, v.Texts), s => SettingCatalogue.Array(s.Tokens.PublishOrigins)) { IsList = true, Reloads = true },
        new("corsOrigins", (s, v) => KeySettings.Assign(s.Siar.AllowedOrigins, v.Texts), s => SettingCatalogue.Array(s.Siar.AllowedOrigins)) { IsList = true, Reloads = true },
        new("corsHeaders", (s, v) => KeySettings.Assign(s.Siar.AllowedHeaders, v.Texts), s => SettingCatalogue.Array(s.Siar.AllowedHeaders)) { IsList = true, Reloads = true },
        new("guardMetrics", (s, v) => s.Tokens.GuardMetrics = v.ToFlag(), s => s.Tokens.GuardMetrics),
        new("mercure.path", (s, v) => s.Siar.Mercure.Path = v.Text, s => s.Siar.Mercure.Path),
        new("mercure.subscriptions", (s, v) => s.Siar.Mercure.Subscriptions = v.ToFlag(), s => s.Siar.Mercure.Subscriptions),
        new("mercure.refuseSoftly", (s, v) => s.Siar.Mercure.RefuseSoftly = v.ToFlag(), s => s.Siar.Mercure.RefuseSoftly),
        .. OptionSettings.Of(typeof(MercureOptions).GetProperties(), "mercure.", s => s.Siar.Mercure),
    ];

    // By itself, or as true, it means every topic.
    private static IEnumerable<string> ToTopics(SettingValue value) => value.Texts switch
    {
        ["true" or "True" or "1"] => ["*"],
        ["false" or "False" or "0"] => [],
        var texts => [.. texts.Select(t => AnonymousReaders.Check(t, new LimitOptions()) is { } wrong ? throw value.Wrong($"'{t}' names no topics. {wrong.TrimEnd('.')}") : t)],
    };
}
