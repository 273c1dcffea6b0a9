using System.Collections.Immutable;
using Npgsql;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Reading;

/// <summary>An event as it stands in a row.</summary>
/// <param name="Logged">The event.</param>
/// <param name="Ids">The numbers of its topics, the canonical one first.</param>
internal readonly record struct EventRow(LoggedEvent Logged, ImmutableArray<long> Ids);

/// <summary>Makes events from rows.</summary>
internal static class EventRows
{
    /// <summary>What a statement must select whose rows are read here, from a table or subquery that is called <c>e</c>.</summary>
    public const string Columns = """
        e.position, e.time, e.flags, e.id, e.type, e.retry, e.key, e.data, e.topic, e.alternates,
        (SELECT t.name FROM siar.topic t WHERE t.id = e.topic),
        CASE WHEN e.alternates IS NOT NULL THEN
          (SELECT array_agg(t.name ORDER BY a.n) FROM unnest(e.alternates) WITH ORDINALITY AS a(id, n) JOIN siar.topic t ON t.id = a.id) END
        """;

    public static EventRow Read(NpgsqlDataReader row, EpochHistory epochs)
    {
        var position = row.GetInt64(0);
        var id = row.TextOrNull(3) is { } ownId ? EventId.Parse(ownId) : default;
        var type = row.TextOrNull(4) is { } ownType ? EventType.Parse(ownType) : default;
        var key = row.IsNull(6) ? null : System.Text.Encoding.UTF8.GetString(row.Get<byte[]>(6));
        var isPrivate = ((EventFlags)row.GetInt16(2)).HasFlag(EventFlags.Private);
        var content = Event.Restore(Topics(row, position), row.Get<byte[]>(7), id, type, row.IsNull(5) ? null : row.GetInt32(5), isPrivate, key);
        ImmutableArray<long> ids = row.IsNull(9) ? [row.GetInt64(8)] : [row.GetInt64(8), .. row.Get<long[]>(9)];
        return new EventRow(new LoggedEvent(position, epochs.At(position), row.Get<DateTimeOffset>(1), content), ids);
    }

    private static ImmutableArray<Topic> Topics(NpgsqlDataReader row, long position)
    {
        if (row.IsNull(10)) throw new InvalidDataException($"The event at position {position} has a topic that the table siar.topic does not name.");
        var canonical = Topic.Parse(row.GetString(10));
        return row.IsNull(11) ? [canonical] : [canonical, .. row.Get<string[]>(11).Select(Topic.Parse)];
    }
}

/// <summary>What an event's row says of it with one bit each. The numbers stand in tables.</summary>
[Flags]
internal enum EventFlags
{
    None = 0,

    /// <summary>Only readers with a grant may have it.</summary>
    Private = 1,

    /// <summary>It closes its topic.</summary>
    Closing = 2,

    /// <summary>It says that comings and goings were left untold.</summary>
    PresencePause = 4,

    /// <summary>Hubs alone read it.</summary>
    MemberFact = 8,
}
