namespace Siar.Storage.Sqlite.Schema;

/// <summary>Publishes that are not done twice.</summary>
internal static class Version2
{
    public const string Sql = """
        -- What was published under which key, until its time is over.
        CREATE TABLE idempotency (
            ordinal INTEGER PRIMARY KEY,
            scope TEXT NOT NULL,                      -- whose key it is
            key TEXT NOT NULL,
            fingerprint BLOB NOT NULL,                -- of all that was published
            position INTEGER NOT NULL,                -- of the first event; the others follow it without a break
            time INTEGER NOT NULL,                    -- milliseconds since 1970
            expires INTEGER NOT NULL,                 -- likewise
            UNIQUE (scope, key)
        );
        CREATE INDEX idempotency_expires ON idempotency (expires);
        """;
}
