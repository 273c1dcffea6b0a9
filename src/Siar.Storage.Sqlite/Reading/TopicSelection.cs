using Siar.Topics;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>
/// Which topics in the table a set of matchers means: tried once, and new topics as they come. Its user holds its lock.
/// </summary>
internal sealed class TopicSelection(MatcherSet matchers)
{
    /// <summary>Above so many topics it is cheaper to go through the events themselves.</summary>
    public const int MaxTopics = 4_096;

    private readonly List<long> _topics = [];

    public MatcherSet Matchers { get; } = matchers;

    /// <summary>The topics' numbers.</summary>
    public IReadOnlyCollection<long> Topics => _topics;

    /// <summary>Topics up to this number were tried.</summary>
    public long Through { get; set; }

    /// <summary>Whether so many topics are meant that they are not listed.</summary>
    public bool IsTooBroad { get; private set; }

    /// <summary>Tries a topic.</summary>
    public void Try(long id, Topic topic)
    {
        if (Matchers.Matches(topic)) _topics.Add(id);
    }

    /// <summary>Where too many topics are listed, leaves out those that are gone from the table, or gives up listing them.</summary>
    public void Limit(Predicate<long> exists)
    {
        if (_topics.Count <= MaxTopics) return;
        _topics.RemoveAll(id => !exists(id));
        if (_topics.Count <= MaxTopics / 2) return;
        IsTooBroad = true;
        _topics.Clear();
    }
}
