namespace Siar.Tool;

/// <summary>
/// Who may do what: whoever has a token, or in development mode everybody on this machine. A hub without keys can be in no other; it is the
/// one place that decides it.
/// </summary>
internal static class AccessMode
{
    /// <summary>Whether the hub knows nobody and so allows everything, to this machine alone.</summary>
    public static bool IsDevelopment(ServeSettings settings) => settings.Dev || !KeySettings.HasKeys(settings);

    /// <summary>Why the hub must not start so, as a sentence; null where it may.</summary>
    public static string? Refuse(ServeSettings settings) => !IsDevelopment(settings) || settings.Urls.FirstOrDefault(u => !u.IsLocal) is not { } open ? null
        : settings.Dev
            ? $"{open.Url} can be reached from other machines, and development mode lets anybody publish: listen on a loopback address such as {ServeSettings.DefaultUrl}."
            : $"{open.Url} can be reached from other machines, and without keys anybody there could publish: give keys, such as SIAR_KEYS_PUBLISHER and SIAR_KEYS_SUBSCRIBER, or listen on a loopback address such as {ServeSettings.DefaultUrl}.";

    /// <summary>What the mode means and why it is on, for the person who started the hub.</summary>
    public static string Describe(ServeSettings settings)
    {
        if (!IsDevelopment(settings)) return DescribeTokens(settings);
        var reason = !KeySettings.HasKeys(settings) ? settings.Dev ? "" : ", for want of keys" : ", the keys do not count";
        return $"development{reason}: anybody on this machine may publish and subscribe, and nobody else";
    }

    private static string DescribeTokens(ServeSettings settings)
    {
        var tokens = settings.Tokens;
        var publishers = KeySettings.IsSet(tokens.Publish) || tokens.TrustedIssuers.Values.Any(i => KeySettings.IsSet(i.Publish)) ? "publishers need a token" : "nobody may publish, for want of a key";
        return $"tokens: {publishers}, {DescribeReaders(settings.Siar.AnonymousReaders)}";
    }

    private static string DescribeReaders(IList<string> open) => open switch
    {
        [] => "and so do readers",
        _ when open.Contains("*") => "readers only for private events: everybody may read every public one",
        _ => $"and so do readers, save for the public events of {string.Join(", ", open)}, which everybody may read",
    };
}
