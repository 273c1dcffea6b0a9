using System.Collections;
using Siar.Hub;
using Siar.Storage.Nats;
using Siar.Storage.Postgres;
using Siar.Storage.Redis;
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

    [Theory]
    [InlineData("postgres:Host=db;Database=app;Username=hub;Password=sécret")]
    [InlineData("postgresql://hub:sécret@db/app")]
    [InlineData("postgres:postgresql://hub:sécret@db/app")]
    public void A_database_is_named_as_a_connection_and_shown_without_its_password(string store)
    {
        var settings = Load(("SIAR_STORE", store));
        settings.Store.Connection.ShouldNotBeNull();
        SettingsPrinter.Print(settings).ShouldContain("\"store\": \"postgres:");
        SettingsPrinter.Print(settings).ShouldContain("Host=db");
        SettingsPrinter.Print(settings).ShouldNotContain("sécret");
        settings.Store.Describe(SqliteDurability.PowerLoss).ShouldNotContain("sécret");
        settings.Siar.Hub.Retention.ShouldBe(new RetentionLimits(null, null, 1L << 30));
    }

    [Fact]
    public void A_connection_that_cannot_be_read_is_refused_and_not_repeated()
    {
        var failure = Should.Throw<SettingException>(() => Load(("SIAR_STORE", "postgres:Host=db;Nonsense=1;Password=sécret")));
        failure.Message.ShouldStartWith("SIAR_STORE: The connection to PostgreSQL cannot be read");
        failure.ToString().ShouldNotContain("sécret");
    }

    [Fact]
    public void Every_option_of_a_log_in_PostgreSQL_is_a_setting_and_gets_there()
    {
        foreach (var property in typeof(PostgresLogOptions).GetProperties())
            StoreSettings.All.ShouldContain(s => string.Equals(s.Name, "postgres." + property.Name, StringComparison.OrdinalIgnoreCase));

        var options = new PostgresLogOptions();
        Load(("SIAR_POSTGRES_LOG", "orders"), ("SIAR_POSTGRES_ADOPT_RETENTION", "true"), ("SIAR_POSTGRES_TIMEOUT", "3s")).CopyTo(options);
        (options.Log, options.AdoptRetention, options.Timeout).ShouldBe(("orders", true, TimeSpan.FromSeconds(3)));
        Should.Throw<SettingException>(() => Load(("SIAR_POSTGRES_LOG", "Orders; DROP"))).Message.ShouldContain("is not the name of a log");
    }

    [Theory]
    [InlineData("nats:nats://hub:sécret@n1:4222,nats://n2:4222", "nats:nats://hub:***@n1:4222,nats://n2:4222")]
    [InlineData("nats://hub:sécret@n1", "nats:nats://hub:***@n1")]
    [InlineData("tls://sécret@n1", "nats:tls://***@n1")]
    [InlineData("nats:n1:4222", "nats:nats://n1:4222")]
    public void NATS_servers_are_named_by_their_URLs_and_shown_without_secrets(string store, string shown)
    {
        var settings = Load(("SIAR_STORE", store));
        settings.Store.NatsServers.ShouldNotBeNull();
        SettingsPrinter.Print(settings).ShouldContain($"\"store\": \"{shown}\"");
        SettingsPrinter.Print(settings).ShouldNotContain("sécret");
        settings.Store.Describe(SqliteDurability.PowerLoss).ShouldNotContain("sécret");
        settings.Siar.Hub.Retention.ShouldBe(new RetentionLimits(null, null, 1L << 30));
    }

    [Fact]
    public void NATS_servers_that_cannot_be_read_are_refused_and_not_repeated()
    {
        var failure = Should.Throw<SettingException>(() => Load(("SIAR_STORE", "nats:http://hub:sécret@n1")));
        failure.Message.ShouldStartWith("SIAR_STORE: The NATS servers cannot be read");
        failure.ToString().ShouldNotContain("sécret");
    }

    [Fact]
    public void Every_option_of_a_log_in_NATS_is_a_setting_and_gets_there()
    {
        foreach (var property in typeof(NatsLogOptions).GetProperties())
            StoreSettings.All.ShouldContain(s => string.Equals(s.Name, "nats." + property.Name, StringComparison.OrdinalIgnoreCase));

        var options = new NatsLogOptions();
        Load(("SIAR_NATS_LOG", "orders"), ("SIAR_NATS_MAX_BYTES", "1GiB"), ("SIAR_NATS_REPLICAS", "3"), ("SIAR_NATS_INDEX_PATH", "/var/lib/siar/index.db")).CopyTo(options);
        (options.Log, options.MaxBytes, options.Replicas, options.IndexPath).ShouldBe(("orders", 1L << 30, 3, "/var/lib/siar/index.db"));
        Should.Throw<SettingException>(() => Load(("SIAR_NATS_MAX_BYTES", "1MiB"))).Message.ShouldContain("less than 16MiB");
    }

    [Fact]
    public void A_Redis_is_named_as_a_connection_and_shown_without_its_password()
    {
        var settings = Load(("SIAR_STORE", "redis:r1:6379,r2:6379,user=hub,password=sécret,ssl=true"), ("SIAR_REDIS_LOG", "orders"), ("SIAR_REDIS_TIMEOUT", "3s"));
        settings.Store.Redis.ShouldNotBeNull();
        SettingsPrinter.Print(settings).ShouldContain("\"store\": \"redis:r1:6379,r2:6379");
        SettingsPrinter.Print(settings).ShouldNotContain("sécret");
        settings.Store.Describe(SqliteDurability.PowerLoss).ShouldNotContain("sécret");
        foreach (var property in typeof(RedisLogOptions).GetProperties())
            StoreSettings.All.ShouldContain(s => string.Equals(s.Name, "redis." + property.Name, StringComparison.OrdinalIgnoreCase));
        var options = new RedisLogOptions();
        settings.CopyTo(options);
        (options.Log, options.Timeout).ShouldBe(("orders", TimeSpan.FromSeconds(3)));
        Should.Throw<SettingException>(() => Load(("SIAR_STORE", "redis:r1,nonsense=1,password=sécret"))).ToString().ShouldNotContain("sécret");
    }

    private static ServeSettings Load(params (string Name, string Value)[] variables) =>
        SettingsLoader.Load(null, new Hashtable(variables.ToDictionary(v => v.Name, v => v.Value)), []);
}
