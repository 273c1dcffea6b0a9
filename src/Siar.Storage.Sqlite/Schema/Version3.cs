namespace Siar.Storage.Sqlite.Schema;

/// <summary>Closed topics.</summary>
internal static class Version3
{
    public const string Sql = """
        -- By name: a topic may have no event any more, and is closed all the same.
        CREATE TABLE closing (
            position INTEGER PRIMARY KEY,
            topic TEXT NOT NULL UNIQUE,
            time INTEGER NOT NULL,                    -- milliseconds since 1970
            private INTEGER NOT NULL
        );
        """;
}
