namespace Siar.Storage.Postgres.Copying;

/// <summary>By which a log tells whether hubs are running on it: each holds an advisory lock for as long as it listens, together with the others.</summary>
internal static class LogUse
{
    /// <summary>The lock's first number; its second is that of the log.</summary>
    public const int LockClass = 0x73696173;

    /// <summary>Holds it as one of many, for the session.</summary>
    public const string Join = "SELECT pg_advisory_lock_shared($1, $2)";

    /// <summary>Holds it alone, for the session, where nobody else does.</summary>
    public const string TryHaveAlone = "SELECT pg_try_advisory_lock($1, $2)";
}
