namespace Siar.Tool;

/// <summary>
/// The mode of a hub that knows nobody: everything is allowed, to this machine alone. A hub without keys can be in no other; it is the
/// one place that decides it.
/// </summary>
internal static class DevelopmentMode
{
    /// <summary>Why the hub must not start so, as a sentence; null where it may.</summary>
    public static string? Refuse(ServeSettings settings) => settings.Urls.FirstOrDefault(u => !u.IsLocal) is not { } open ? null
        : settings.Dev
            ? $"{open.Url} can be reached from other machines, and development mode lets anybody publish: listen on a loopback address such as {ServeSettings.DefaultUrl}."
            : $"{open.Url} can be reached from other machines, and without keys anybody there could publish: listen on a loopback address such as {ServeSettings.DefaultUrl}.";

    /// <summary>What the mode means and why it is on, for the person who started the hub.</summary>
    public static string Describe(ServeSettings settings) =>
        $"development{(settings.Dev ? "" : ", for want of keys")}: anybody on this machine may publish and subscribe, and nobody else";
}
