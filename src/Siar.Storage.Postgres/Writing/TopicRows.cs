namespace Siar.Storage.Postgres.Writing;

/// <summary>The statements by which an append finds topics, under the head's lock.</summary>
internal static class TopicRows
{
    public const int FindColumns = 2;

    public const int NewestColumns = 3;

    /// <summary>Topics by hash, each with its number; one that is not there is made.</summary>
    public const string Find = """
        WITH given AS (SELECT hash, name FROM unnest($2, $3) AS g(hash, name)),
        found AS (SELECT t.id, t.hash, t.name FROM siar.topic t JOIN given g ON t.log = $1 AND t.hash = g.hash),
        made AS (
          INSERT INTO siar.topic (log, hash, name) SELECT $1, g.hash, g.name FROM given g WHERE NOT EXISTS (SELECT FROM found f WHERE f.hash = g.hash)
          RETURNING id, name)
        SELECT id, name FROM found UNION ALL SELECT id, name FROM made
        """;

    /// <summary>The newest event that is kept of each topic.</summary>
    public const string Newest = """
        SELECT t.name, e.position, e.id FROM siar.topic t
        CROSS JOIN LATERAL (SELECT x.position FROM siar.event_topic x WHERE x.log = $1 AND x.topic = t.id ORDER BY x.position DESC LIMIT 1) n
        JOIN siar.event e ON e.log = $1 AND e.position = n.position
        WHERE t.log = $1 AND t.hash = ANY($2)
        """;
}
