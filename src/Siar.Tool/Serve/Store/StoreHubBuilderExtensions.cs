using Siar.AspNetCore;
using Siar.Storage.Postgres;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Gives a hub the store that its settings name.</summary>
internal static class StoreHubBuilderExtensions
{
    private static readonly Action<ILogger, string, Exception?> LogFailure = LoggerMessage.Define<string>(
        LogLevel.Error, new EventId(1), "The log '{Path}' could not be tidied up (trimmed, or its write-ahead log moved into the file); it will be tried again.");

    public static void UseStore(this SiarBuilder hub, ServeSettings settings)
    {
        if (settings.Store.File is { } file) hub.UseSqlite(file, settings.CopyTo);
        if (settings.Store.Connection is { } connection) hub.UsePostgres(connection, settings.CopyTo);
    }

    /// <summary>Tells of what happens to the log behind the publishers' backs.</summary>
    public static void WatchStore(this WebApplication app)
    {
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        switch (app.Services.GetRequiredService<Hub.IEventLog>())
        {
            case SqliteLog log:
                var logger = loggers.CreateLogger<SqliteLog>();
                log.OnBackgroundFailure = failure => LogFailure(logger, log.Path, failure);
                break;
            case PostgresLog log:
                log.LogTo(loggers.CreateLogger<PostgresLog>());
                break;
        }
    }
}
