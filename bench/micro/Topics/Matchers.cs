using System.Diagnostics;
using Siar.Topics;

namespace Siar.Bench.Micro.Topics;

/// <summary>Matchers from text that is known to be right.</summary>
internal static class Matchers
{
    public static Matcher Exact(string topic) => Matcher.Exact(Topic.Parse(topic));

    public static Matcher Template(string text) =>
        Matcher.TryCreateUriTemplate(text, out var matcher, out var error) ? matcher : throw new UnreachableException(error);

    public static Matcher Pattern(string text) =>
        Matcher.TryCreateUrlPattern(text, "https://hub.example/", out var matcher, out var error) ? matcher : throw new UnreachableException(error);
}
