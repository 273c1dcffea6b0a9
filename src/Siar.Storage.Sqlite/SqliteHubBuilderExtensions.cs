using Siar.Hub;
using Siar.Storage.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps a hub's events in an SQLite file.</summary>
public static class SqliteHubBuilderExtensions
{
    /// <summary>
    /// Keeps the hub's log in a file, so that it survives restarts. How much it keeps are the hub's <see cref="HubOptions.Retention"/> and
    /// <see cref="HubOptions.RetentionClasses"/>.
    /// </summary>
    /// <param name="builder">The hub that is being added.</param>
    /// <param name="path">The file, made if it is not there; its folder must exist.</param>
    /// <param name="configure">Sets options.</param>
    public static TBuilder UseSqlite<TBuilder>(this TBuilder builder, string path, Action<SqliteLogOptions>? configure = null)
        where TBuilder : HubBuilder
    {
        builder.OpenLog = (hub, time) =>
        {
            var options = new SqliteLogOptions();
            configure?.Invoke(options);
            return SqliteLog.Open(path, options, RetentionPlan.Of(hub), time);
        };
        return builder;
    }
}
