using System.Collections.Immutable;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>What an endpoint of the application's own streams to one caller. Immutable. A topic by itself becomes one.</summary>
public sealed record StreamRequest
{
    /// <summary>A stream of topics. Each is one topic, whatever characters it holds: <c>*</c>, which a route value may bring, is not every topic.</summary>
    /// <param name="topics">At least one. One that cannot be a topic, as a route value may make it, is answered 400.</param>
    /// <exception cref="ArgumentException">There is no topic.</exception>
    public StreamRequest(params IEnumerable<string> topics)
    {
        Topics = [.. topics];
        if (Topics.IsEmpty) throw new ArgumentException("The stream has no topic: give at least one.", nameof(topics));
    }

    /// <summary>A stream of what matchers mean.</summary>
    /// <param name="matchers">What is meant, such as <see cref="MatcherSet.All"/>.</param>
    public StreamRequest(MatcherSet matchers) => Matchers = matchers;

    /// <summary>Which private events are streamed: those of which one topic is meant by these. Default null: those of the stream's topics where the endpoint requires authorisation, else none.</summary>
    public MatcherSet? Grants { get; init; }

    /// <summary>Begins with the newest so many events of each topic, for a reader that has no cursor and does not ask for another beginning. At least 1; default null, none.</summary>
    public int? Last
    {
        get;
        init => field = value is < 1 ? throw new ArgumentOutOfRangeException(nameof(value), value, "Last is at least 1, or null for none.") : value;
    }

    /// <summary>Begins with the newest event of every key, for a reader that has no cursor and does not ask for another beginning. Beats <see cref="Last"/>. Default: false.</summary>
    public bool Snapshot { get; init; }

    /// <summary>When the stream must end at the latest, such as with a session; the reader comes back and is asked again. Default: never.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The topics as text; the default array where the matchers were given.</summary>
    internal ImmutableArray<string> Topics { get; }

    /// <summary>The matchers; null where topics were given.</summary>
    internal MatcherSet? Matchers { get; }

    /// <summary>A stream of one topic.</summary>
    public static implicit operator StreamRequest(string topic) => new(topic);

    /// <summary>Says the same as the operator.</summary>
    public static StreamRequest FromString(string topic) => new(topic);

    /// <summary>What is meant. What cannot be a topic is noted on the fields.</summary>
    internal MatcherSet Read(RequestFields fields, LimitOptions limits)
    {
        if (Matchers is not null) return Matchers;
        var found = new List<Matcher>(Topics.Length);
        foreach (var text in Topics)
        {
            if (System.Text.Encoding.UTF8.GetByteCount(text) > limits.TopicBytes) fields.Refuse(Refusal.TooLarge($"A topic is longer than {limits.TopicBytes} bytes."));
            else if (Topic.TryCreate(text, out var topic, out var error)) found.Add(Matcher.Exact(topic));
            else fields.Refuse(Refusal.Invalid(error));
        }

        return MatcherSet.Of(found);
    }
}
