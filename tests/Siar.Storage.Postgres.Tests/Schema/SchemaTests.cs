using Npgsql;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Postgres.Schema;
using Siar.Storage.Postgres.Tests.Shared;

namespace Siar.Storage.Postgres.Tests.Schema;

/// <summary>How a database comes by the log's tables.</summary>
public sealed class SchemaTests
{
    private static int _roles;

    [Fact]
    public async Task Hubs_that_open_an_empty_database_at_once_find_one_log()
    {
        var connection = await Databases.MakeAsync();
        var logs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TwoHubs.OpenAsync(connection)));
        logs.Select(l => l.Epoch).Distinct().Count().ShouldBe(1);
        foreach (var log in logs) await log.DisposeAsync();
    }

    [Fact]
    public async Task The_script_makes_what_a_hub_makes()
    {
        var byScript = await Databases.MakeAsync();
        var byHub = await Databases.MakeAsync();
        await Databases.ExecuteAsync(byScript, PostgresSchema.Script(0));
        await (await TwoHubs.OpenAsync(byHub)).DisposeAsync();
        const string Columns = "SELECT string_agg(table_name || '.' || column_name || ' ' || data_type, '; ' ORDER BY table_name, ordinal_position) FROM information_schema.columns WHERE table_schema = 'siar'";
        (await Databases.ReadAsync(byScript, Columns)).ShouldBe(await Databases.ReadAsync(byHub, Columns));

        await using var log = await TwoHubs.OpenAsync(byScript, configure: o => o.Prepare = false);
        (await SharedLogs.AppendAsync(log, SharedLogs.Content("t"))).Events[0].Position.ShouldBe(1);
    }

    [Fact]
    public async Task A_database_that_is_newer_is_left_alone()
    {
        var connection = await Databases.MakeAsync();
        await (await TwoHubs.OpenAsync(connection)).DisposeAsync();
        await Databases.ExecuteAsync(connection, $"UPDATE siar.version SET version = {PostgresSchema.Version + 1}");
        (await Should.ThrowAsync<LogUnavailableException>(() => TwoHubs.OpenAsync(connection))).Message.ShouldStartWith(
            $"The log's tables are of version {PostgresSchema.Version + 1}, and this build knows them up to version {PostgresSchema.Version}: use a newer build of Siar.");
    }

    [Fact]
    public async Task A_database_of_the_first_version_is_brought_up_to_this_one()
    {
        var connection = await Databases.MakeAsync();
        await Databases.ExecuteAsync(connection, $"{PostgresSchema.Script(0)} DROP VIEW siar.publication; DROP FUNCTION siar.publish_row, siar.read_position; DROP TABLE siar.hub; UPDATE siar.version SET version = 1");
        (await Should.ThrowAsync<LogUnavailableException>(() => TwoHubs.OpenAsync(connection))).Message.ShouldStartWith(
            $"The log's tables are of version 1, and this build needs version {PostgresSchema.Version}: run 'siar db migrate'.");
        (await PostgresDatabase.MigrateAsync(connection)).ShouldBe(1);
        await using var log = await TwoHubs.OpenAsync(connection);
        await Databases.ExecuteAsync(connection, "INSERT INTO siar.publication (topics, data) VALUES ('{t}', 'x')");
        SharedLogs.Texts(await SharedLogs.FollowAsync(log, 0, 1)).ShouldBe("x");
        (await Databases.ReadAsync(connection, "SELECT is_exact FROM siar.read_position()")).ShouldBe(true);
        (await Databases.ReadAsync(connection, "SELECT version FROM siar.version")).ShouldBe(PostgresSchema.Version);
    }

    [Fact]
    public async Task A_hub_that_had_the_least_rights_has_those_of_the_newest_version_after_a_migration()
    {
        var connection = await Databases.MakeAsync();
        var role = NewRole();
        await Databases.ExecuteAsync(connection, $"{PostgresSchema.Script(0)} CREATE ROLE {role} LOGIN; {Rights.OfHub(role)} DROP TABLE siar.hub; UPDATE siar.version SET version = 2");
        (await PostgresDatabase.MigrateAsync(connection)).ShouldBe(2);
        await using var log = await TwoHubs.OpenAsync(connection.Replace("Username=siar", $"Username={role}", StringComparison.Ordinal));
        var sign = new HubSign("a", "a", 1, "{}");
        (await log.SignAsync(sign)).ShouldBe([sign]);
        await log.RemoveSignAsync("a");
    }

    [Fact]
    public async Task A_role_that_may_make_no_tables_is_told_who_makes_them()
    {
        var connection = await Databases.MakeAsync();
        var role = NewRole();
        await Databases.ExecuteAsync(connection, $"CREATE ROLE {role} LOGIN");
        var asRole = connection.Replace("Username=siar", $"Username={role}", StringComparison.Ordinal);
        (await Should.ThrowAsync<LogUnavailableException>(() => TwoHubs.OpenAsync(asRole))).Message.ShouldContain("have 'siar db init' run by the database's owner");
        (await Should.ThrowAsync<LogUnavailableException>(() => TwoHubs.OpenAsync(asRole, configure: o => o.Prepare = false))).Message.ShouldContain("make them with 'siar db init'");
    }

    [Fact]
    public async Task A_hub_works_with_the_least_rights()
    {
        var connection = await Databases.MakeAsync();
        var role = NewRole();
        await Databases.ExecuteAsync(connection, $"{PostgresSchema.Script(0)} CREATE ROLE {role} LOGIN; {Rights.OfHub(role)}");
        await using var log = await TwoHubs.OpenAsync(connection.Replace("Username=siar", $"Username={role}", StringComparison.Ordinal), new RetentionLimits(3, null, null));
        for (var i = 0; i < 9; i++) await SharedLogs.AppendAsync(log, SharedLogs.Content("t", key: $"{i}", id: $"own-{i}"));
        await Databases.ExecuteAsync(connection, "SELECT siar.publish('t', 'x')");
        SharedLogs.Texts(await SharedLogs.FollowAsync(log, 9, 1)).ShouldBe("x");
        await log.MaintainAsync();
        (await Databases.ReadAsync(connection, "SELECT count(*) FROM siar.event")).ShouldBe(3L);
        log.Health.State.ShouldBe(LogState.Available);
        (await Should.ThrowAsync<PostgresException>(() => Databases.ExecuteAsync(
            connection.Replace("Username=siar", $"Username={role}", StringComparison.Ordinal), "INSERT INTO siar.publisher VALUES (current_user, 'prefix', '')")))
            .SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    private static string NewRole() => $"hub_{Environment.ProcessId}_{Interlocked.Increment(ref _roles)}";
}
