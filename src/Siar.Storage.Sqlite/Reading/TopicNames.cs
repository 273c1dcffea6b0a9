using System.Collections.Concurrent;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Writing;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>The topics that the readers have met, by number. A number never stands for two topics while the log is open. Safe for concurrent use.</summary>
internal sealed class TopicNames
{
    private const int MaxRemembered = 131_072;
    private readonly ConcurrentDictionary<long, Topic> _names = new();
    private int _count;

    /// <summary>The topic that a number stands for.</summary>
    /// <param name="id">The number.</param>
    /// <param name="find">Finds its name in the table.</param>
    public Topic Get(long id, Statement find)
    {
        if (_names.TryGetValue(id, out var topic)) return topic;
        try
        {
            if (!find.Bind(1, id).Step()) throw TopicTable.MissingTopic(id);
            topic = Topic.Parse(find.Text(0));
        }
        finally
        {
            find.Reset();
        }

        Remember(id, topic);
        return topic;
    }

    public void Remember(long id, Topic topic)
    {
        if (!_names.TryAdd(id, topic) || Interlocked.Increment(ref _count) < MaxRemembered) return;
        _names.Clear();
        Volatile.Write(ref _count, 0);
    }
}
