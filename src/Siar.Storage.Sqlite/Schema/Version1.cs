namespace Siar.Storage.Sqlite.Schema;

/// <summary>The first tables.</summary>
internal static class Version1
{
    public const string Sql = """
        -- A topic lives as long as an event has it. Its id is not used for another while the log is open.
        CREATE TABLE topic (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            url TEXT                                  -- canonical, without credentials; null where it depends on a base, or is none
        );
        CREATE INDEX topic_url ON topic (url) WHERE url IS NOT NULL;
        CREATE INDEX topic_without_url ON topic (id) WHERE url IS NULL;

        CREATE TABLE event (
            position INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,                    -- milliseconds since 1970
            topic INTEGER NOT NULL,                   -- the canonical one
            alternates TEXT,                          -- ids of topics, with commas between
            flags INTEGER NOT NULL,                   -- 1: private; 2: its id leads elsewhere
            id TEXT,                                  -- the publisher's own
            type TEXT,
            retry INTEGER,
            key TEXT,
            data BLOB NOT NULL,
            checksum INTEGER NOT NULL
        );

        -- Which events a topic has, the alternates' as well; like the next table as far as "indexed" says.
        CREATE TABLE event_topic (
            topic INTEGER NOT NULL,
            position INTEGER NOT NULL,
            PRIMARY KEY (topic, position)
        ) WITHOUT ROWID;

        -- Where a publisher's id leads: of several events with one id, to the earliest.
        CREATE TABLE publisher_id (
            id TEXT PRIMARY KEY,
            position INTEGER NOT NULL
        ) WITHOUT ROWID;

        -- The newest events are found by topic and by id in memory, until many of them are written into the tables at once.
        CREATE TABLE indexed (
            through INTEGER NOT NULL
        );
        INSERT INTO indexed VALUES (0);

        -- The lives of the log. The last one goes on.
        CREATE TABLE epoch (
            ordinal INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            after INTEGER NOT NULL,                   -- its first position is higher than this
            through INTEGER                           -- its last position, once it has ended
        );

        -- What each class of topics keeps and has lost.
        CREATE TABLE retention (
            prefix TEXT PRIMARY KEY,
            trimmed INTEGER NOT NULL,                 -- the highest position dropped
            trimmed_alternate INTEGER NOT NULL,       -- the same, of events with alternates
            mark INTEGER NOT NULL,                    -- up to here nothing but the newest of a key is kept
            count INTEGER NOT NULL,                   -- events after the mark, and
            bytes INTEGER NOT NULL,                   -- their size, as far as
            counted INTEGER NOT NULL                  -- this position
        ) WITHOUT ROWID;

        CREATE TABLE setting (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;
        """;
}
