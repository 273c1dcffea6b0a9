using Microsoft.Extensions.Options;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>What the hub's doors show to readers without credentials: the public events of the topics that <c>AllowAnonymousReaders</c> names. May be used from any thread.</summary>
internal sealed class AnonymousReaders(IOptions<SiarOptions> options, HubUrl url)
{
    private readonly SiarOptions _options = options.Value;
    private Made? _made;

    /// <summary>Whether anything is shown to them.</summary>
    public bool Exist => _options.AnonymousReaders.Count > 0;

    /// <summary>The topics: one object for all of them, as long as the hub has one URL, which URL Patterns are relative to.</summary>
    public MatcherSet Topics
    {
        get
        {
            if (!Exist) return MatcherSet.None;
            var resource = url.Resource;
            if (_made is { } made && made.Resource == resource) return made.Topics;
            _made = made = new Made(resource, MatcherSet.Of(_options.AnonymousReaders.Select(t => Read(t, resource, _options.Limits, out var topics, out var error) ? topics : throw new FormatException(error))));
            return made.Topics;
        }
    }

    /// <summary>What is wrong with one of the texts; null where nothing is.</summary>
    public static string? Check(string text, LimitOptions limits) =>
        Read(text, "http://localhost/", limits, out _, out var error) ? null : error;

    /// <summary><c>*</c>, and where a text has a <c>{</c> a URI Template, where it has a <c>*</c> a URL Pattern, else a topic.</summary>
    private static bool Read(string text, string baseUrl, LimitOptions limits, out Matcher topics, out string error)
    {
        topics = Matcher.All;
        error = "";
        if (text == topics.Value) return true;
        if (text.Contains('{', StringComparison.Ordinal)) return Matcher.TryCreateUriTemplate(text, out topics!, out error!, limits.PatternBytes);
        if (text.Contains('*', StringComparison.Ordinal)) return Matcher.TryCreateUrlPattern(text, baseUrl, out topics!, out error!, limits.PatternBytes);
        if (!Topic.TryCreate(text, out var topic, out error!)) return false;
        topics = Matcher.Exact(topic);
        return true;
    }

    private sealed record Made(string Resource, MatcherSet Topics);
}
