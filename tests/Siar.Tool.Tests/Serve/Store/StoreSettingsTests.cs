using System.Collections;
using Siar.Hub;
using Siar.Storage.Sqlite;

namespace Siar.Tool.Tests;

public sealed class StoreSettingsTests
{
    [Fact]
    public void Events_are_kept_in_a_file_unless_somebody_only_tries_the_hub_out()
    {
        Load().Store.ToString().ShouldBe("sqlite:siar.db");
        Load(("SIAR_DEV", "true")).Store.ShouldBe(EventStore.Memory);
        Load(("SIAR_DEMO", "true")).Store.ShouldBe(EventStore.Memory);
        Load(("SIAR_DEV", "true"), ("SIAR_STORE", "sqlite:/a b/c.db")).Store.File.ShouldBe("/a b/c.db");
        Load(("SIAR_STORE", "memory")).Store.ShouldBe(EventStore.Memory);
    }

    [Fact]
    public void A_file_is_limited_by_its_size_and_memory_by_the_number_of_events_as_well()
    {
        Load().Siar.Hub.Retention.ShouldBe(new RetentionLimits(null, null, 1L << 30));
        Load(("SIAR_STORE", "memory")).Siar.Hub.Retention.ShouldBe(new RetentionLimits(100_000, null, 128L << 20));
        Load(("SIAR_RETENTION_MAX_COUNT", "5")).Siar.Hub.Retention.ShouldBe(new RetentionLimits(5, null, 1L << 30));
        Load(("SIAR_RETENTION_MAX_BYTES", "none"), ("SIAR_RETENTION_MAX_AGE", "1d")).Siar.Hub.Retention
            .ShouldBe(new RetentionLimits(null, TimeSpan.FromDays(1), null));
    }

    [Fact]
    public void The_log_gets_what_was_set()
    {
        var options = new SqliteLogOptions();

        Load(("SIAR_SQLITE_DURABILITY", "process-death"), ("SIAR_SQLITE_CACHE_BYTES", "1MiB")).CopyTo(options);

        options.Durability.ShouldBe(SqliteDurability.ProcessDeath);
        options.CacheBytes.ShouldBe(1 << 20);
    }

    [Fact]
    public void Every_option_of_the_log_is_a_setting()
    {
        foreach (var property in typeof(SqliteLogOptions).GetProperties())
            StoreSettings.All.ShouldContain(s => string.Equals(s.Name, "sqlite." + property.Name, StringComparison.OrdinalIgnoreCase));
    }

    private static ServeSettings Load(params (string Name, string Value)[] variables) =>
        SettingsLoader.Load(null, new Hashtable(variables.ToDictionary(v => v.Name, v => v.Value)), []);
}
