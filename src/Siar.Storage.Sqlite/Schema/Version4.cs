namespace Siar.Storage.Sqlite.Schema;

/// <summary>The newest event of each key.</summary>
internal static class Version4
{
    public const string Sql = """
        -- The newest event of each key of a canonical topic; those that are private, or have other alternates, for themselves.
        CREATE TABLE keyed (
            position INTEGER PRIMARY KEY,
            topic INTEGER NOT NULL,                   -- the canonical one
            key TEXT NOT NULL,
            alternates TEXT NOT NULL,                 -- as of the event; empty for none
            private INTEGER NOT NULL
        );
        CREATE INDEX keyed_key ON keyed (topic, key);

        -- The same by topic, the alternates' as well.
        CREATE TABLE keyed_topic (
            topic INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (topic, position)
        ) WITHOUT ROWID;

        -- Events that retention has dropped, kept since they are the newest of their key; columns as of "event".
        CREATE TABLE survivor (
            position INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            topic INTEGER NOT NULL,
            alternates TEXT,
            flags INTEGER NOT NULL,
            id TEXT,
            type TEXT,
            retry INTEGER,
            key TEXT,
            data BLOB NOT NULL,
            checksum INTEGER NOT NULL
        );

        """ + FillSql;

    /// <summary>Finds the newest of each key anew from the events, and those that were kept.</summary>
    public const string FillSql = """
        INSERT INTO keyed (position, topic, key, alternates, private)
            SELECT max(position), topic, key, ifnull(alternates, ''), flags & 1
            FROM (SELECT position, topic, key, alternates, flags FROM event UNION ALL SELECT position, topic, key, alternates, flags FROM survivor)
            WHERE key IS NOT NULL GROUP BY 2, 3, 4, 5;
        INSERT INTO keyed_topic (topic, position)
            SELECT topic, position FROM keyed
            UNION SELECT each.value, position FROM keyed, json_each('[' || keyed.alternates || ']') AS each;
        """;
}
