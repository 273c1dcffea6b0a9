using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Sqlite.Epochs;
using Siar.Storage.Sqlite.Native;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>Makes events from rows. Used by one thread at a time.</summary>
internal sealed class EventRows(Database database, EpochHistory epochs, TopicNames names) : IDisposable
{
    /// <summary>What a statement must select whose rows are read here.</summary>
    public const string Columns = "position, time, topic, alternates, flags, id, type, retry, key, data, checksum";

    private readonly Statement _name = database.Prepare("SELECT name FROM topic WHERE id = ?1");
    private readonly List<long> _alternates = [];

    /// <summary>The topics of the row that a statement stands on.</summary>
    public ImmutableArray<Topic> Topics(Statement row)
    {
        try
        {
            return TopicsOf(row);
        }
        catch (Exception failure) when (SqliteFailure.IsOfContents(failure))
        {
            throw Changed(row.Number(0));
        }
    }

    private ImmutableArray<Topic> TopicsOf(Statement row)
    {
        var canonical = names.Get(row.Number(2), _name);
        if (row.IsNull(3)) return [canonical];
        _alternates.Clear();
        AlternateIds.Read(row.Text(3), _alternates);
        return [canonical, .. _alternates.Select(a => names.Get(a, _name))];
    }

    /// <summary>What else the row that a statement stands on says.</summary>
    public static EventFlags Flags(Statement row) => (EventFlags)row.Number(4);

    /// <summary>The event of the row that a statement stands on.</summary>
    /// <exception cref="SqliteLogException">The row is not what was appended.</exception>
    public LoggedEvent Read(Statement row, ImmutableArray<Topic> topics)
    {
        try
        {
            var logged = Restore(row, topics);
            return EventChecksum.Of(logged) == row.Number(10) ? logged : throw Changed(logged.Position);
        }
        catch (Exception failure) when (SqliteFailure.IsOfContents(failure))
        {
            // A row that was changed may hold text that no event can have.
            throw Changed(row.Number(0));
        }
    }

    private LoggedEvent Restore(Statement row, ImmutableArray<Topic> topics)
    {
        var position = row.Number(0);
        var id = row.TextOrNull(5) is { } ownId ? EventId.Parse(ownId) : default;
        var type = row.TextOrNull(6) is { } ownType ? EventType.Parse(ownType) : default;
        var content = Event.Restore(topics, row.Blob(9).ToArray(), id, type, (int?)row.NumberOrNull(7), Flags(row).HasFlag(EventFlags.Private), row.TextOrNull(8));
        return new LoggedEvent(position, epochs.At(position), DateTimeOffset.FromUnixTimeMilliseconds(row.Number(1)), content);
    }

    public void Dispose() => _name.Dispose();

    private SqliteLogException Changed(long position) => new(
        SqliteLogFailure.Damaged,
        $"The log '{database.Path}' is damaged: the event at position {position} is not what was appended. Go on without it, or with a backup, by 'siar log restore'.");
}
