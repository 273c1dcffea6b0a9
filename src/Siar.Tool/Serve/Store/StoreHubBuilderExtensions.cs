using Siar.AspNetCore;

namespace Siar.Tool;

/// <summary>Gives a hub the store that its settings name.</summary>
internal static class StoreHubBuilderExtensions
{
    public static void UseStore(this SiarBuilder hub, ServeSettings settings)
    {
        if (settings.Store.File is { } file) hub.UseSqlite(file, settings.CopyTo);
        if (settings.Store.Connection is { } connection) hub.UsePostgres(connection, settings.CopyTo);
        if (settings.Store.NatsServers is { } servers) hub.UseNats(servers, settings.CopyTo);
        if (settings.Store.Redis is { } redis) hub.UseRedis(redis, settings.CopyTo);
    }
}
