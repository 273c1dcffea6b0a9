using Siar.AspNetCore;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Gives a hub the store that its settings name.</summary>
internal static class StoreHubBuilderExtensions
{
    private static readonly Action<ILogger, string, Exception?> LogFailure = LoggerMessage.Define<string>(
        LogLevel.Error, new EventId(1), "The log '{Path}' could not be tidied up (trimmed, or its write-ahead log moved into the file); it will be tried again.");

    public static void UseStore(this SiarBuilder hub, ServeSettings settings)
    {
        if (settings.Store.File is not { } file) return;
        hub.UseSqlite(file, settings.CopyTo);
    }

    /// <summary>Tells of work on the log's file that fails behind the publishers' backs.</summary>
    public static void WatchStore(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Hub.IEventLog>() is not SqliteLog log) return;
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<SqliteLog>();
        log.OnBackgroundFailure = failure => LogFailure(logger, log.Path, failure);
    }
}
