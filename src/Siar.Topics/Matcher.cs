using Siar.UrlPatterns;

namespace Siar.Topics;

/// <summary>How a <see cref="Matcher"/> reads its value.</summary>
public enum MatcherKind
{
    /// <summary>The one topic with the same text.</summary>
    Exact,

    /// <summary>A WHATWG URL Pattern, matched against the topic as a URL.</summary>
    UrlPattern,

    /// <summary>An RFC 6570 URI Template, matched as the Mercure protocol 0.x does.</summary>
    UriTemplate,

    /// <summary>Every topic (<c>*</c>).</summary>
    All,
}

/// <summary>
/// Says which topics somebody asks for or is allowed to have. Matching takes time linear in the topic's length, whatever the pattern.
/// Immutable; may be used from any thread; two matchers are equal when they are made from the same text in the same way.
/// </summary>
public abstract partial class Matcher : IEquatable<Matcher>
{
    private protected Matcher(MatcherKind kind, string value)
    {
        Kind = kind;
        Value = value;
    }

    /// <summary>The matcher of every topic.</summary>
    public static Matcher All { get; } = new AllMatcher();

    /// <summary>How the value is read.</summary>
    public MatcherKind Kind { get; }

    /// <summary>The text the matcher was made from.</summary>
    public string Value { get; }

    /// <summary>The URL that relative topics are resolved against; null when there is none.</summary>
    internal virtual Url? Base => null;

    /// <summary>Text that a topic begins with when the matcher means it (for a URL Pattern: that its canonical URL begins with).</summary>
    internal virtual string LiteralPrefix => "";

    /// <summary>The matcher of one topic.</summary>
    public static Matcher Exact(Topic topic) => new ExactMatcher(topic.Value);

    /// <summary>Whether the topic is one that this matcher means.</summary>
    public abstract bool Matches(Topic topic);

    /// <summary>Whether the topic is one that this matcher means, when several matchers are asked in turn.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="urls">What the matchers asked before have parsed.</param>
    internal virtual bool Matches(Topic topic, ref TopicUrls urls) => Matches(topic);

    /// <inheritdoc />
    public virtual bool Equals(Matcher? other) => other is not null && Kind == other.Kind && Value == other.Value;

    /// <inheritdoc />
    public sealed override bool Equals(object? obj) => Equals(obj as Matcher);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, Value);

    /// <inheritdoc />
    public override string ToString() => $"{Kind}:{Value}";
}
