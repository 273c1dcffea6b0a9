namespace Siar.Storage.Sqlite.Schema;

/// <summary>What is remembered of each topic that was trimmed, and of a clock that was ahead.</summary>
internal static class Version5
{
    public const string Sql = """
        -- Up to where the events of a topic were trimmed; the newest so many topics of each class. By name: the topic may have no event any more.
        CREATE TABLE trimmed_topic (
            topic TEXT NOT NULL,                      -- canonical, or an alternate
            private INTEGER NOT NULL,                 -- whether of private events, or of those for everybody
            prefix TEXT NOT NULL,                     -- the class of the events
            position INTEGER NOT NULL,                -- the highest position dropped
            id TEXT,                                  -- the publisher's own, of the event there
            PRIMARY KEY (topic, private, prefix)
        ) WITHOUT ROWID;

        -- A topic that is not there counts as trimmed up to a floor: that of its class, or that for alternates of other classes. Nobody knows the
        -- topics of what was dropped before there was this table.
        ALTER TABLE retention ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE retention ADD COLUMN alternate_floor INTEGER NOT NULL DEFAULT 0;
        UPDATE retention SET floor = trimmed, alternate_floor = trimmed_alternate;

        -- Moments at which the clock was behind the time of an event that was there: no event up to a position counts as younger.
        CREATE TABLE clock_step (
            position INTEGER PRIMARY KEY,
            time INTEGER NOT NULL                     -- milliseconds since 1970
        );
        """;
}
