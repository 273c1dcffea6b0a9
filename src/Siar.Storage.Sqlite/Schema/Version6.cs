namespace Siar.Storage.Sqlite.Schema;

/// <summary>By what a reader knows that nothing is missing: SQLite does not notice pages that have changed places, or are another's.</summary>
internal static class Version6
{
    public const string Sql = """
        -- Positions that have no event any more, since it was dropped. All others behind "integrity.absent_after" have one.
        CREATE TABLE absent (
            block INTEGER PRIMARY KEY,                -- 64 positions: the first of block 0 is 1
            positions INTEGER NOT NULL                -- a bit for each that has none, the lowest for the first
        );

        -- Digests of tables that are searched by what is looked for: an entry that is not found may be lost, or never was.
        CREATE TABLE integrity (
            absent_after INTEGER NOT NULL,            -- a multiple of 64: nobody knows which positions up to it have an event
            entries INTEGER,                          -- of "event_topic" and "indexed"; null until it is made
            topics INTEGER                            -- of "topic", likewise
        );
        INSERT INTO integrity VALUES ((SELECT ((ifnull(max(trimmed), 0) + 63) / 64) * 64 FROM retention), NULL, NULL);
        """;
}
