using System.Text;
using Siar.Storage.Postgres;
using Siar.TestKit;

namespace Siar.Tool.Tests;

/// <summary>Hubs as processes, on one log in PostgreSQL.</summary>
public sealed class ServePostgresTests : IAsyncLifetime
{
    private static int _databases;
    private PostgresServer _server = null!;
    private string _connection = "";

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.Shared;
        var name = $"tool_{Interlocked.Increment(ref _databases)}";
        var created = await RunPsqlAsync("postgres", $"CREATE DATABASE {name}");
        created.ShouldBe("CREATE DATABASE");
        _connection = $"Host=127.0.0.1;Port={_server.Port};Database={name};Username=siar;Password=sécret";
    }

    // On a busy disk the tables take longer than a test waits for a hub to start.
    private Task PrepareAsync() => RunPsqlAsync(Database, PostgresDatabase.Script(0, [], []));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Publishers send again what was not answered, under its key; the hub that they ask is killed and started again all the time.</summary>
    [Fact]
    public async Task What_was_acknowledged_while_hubs_were_killed_is_there_once_and_in_order()
    {
        await PrepareAsync();
        var hubs = new[] { await StartAsync(), await StartAsync() };
        try
        {
            var next = 0;
            for (var round = 0; round < 4; round++)
            {
                var victim = round % 2;
                var publishing = Task.Run(async () =>
                {
                    for (var end = next + 15; next < end; next++) await PublishUntilAnsweredAsync(hubs, $"{next}");
                });
                await hubs[victim].Process.KillAsync();
                await publishing;
                await hubs[victim].DisposeAsync();
                hubs[victim] = await StartAsync();
            }

            foreach (var hub in hubs)
            {
                await using var reader = hub.Subscribe("t", "--since", "earliest", "--count", $"{next}");
                var (exitCode, output, errors) = await reader.FinishAsync();
                exitCode.ShouldBe(ExitCode.Ok, errors);
                output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(Enumerable.Range(0, next).Select(i => $"{i}"));
            }
        }
        finally
        {
            foreach (var hub in hubs) await hub.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_event_of_an_applications_transaction_reaches_the_readers_of_every_hub()
    {
        await PrepareAsync();
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        await using var atA = a.Subscribe("orders", "--since", "earliest", "--count", "1");
        await using var atB = b.Subscribe("orders", "--since", "earliest", "--count", "1");
        await RunPsqlAsync(Database, "BEGIN; CREATE TABLE orders (id int); INSERT INTO orders VALUES (1); SELECT siar.publish('orders', 'placed'); COMMIT");
        foreach (var reader in new[] { atA, atB })
        {
            var (exitCode, output, errors) = await reader.FinishAsync();
            (exitCode, output).ShouldBe((ExitCode.Ok, "placed\n"), errors);
        }
    }

    [Fact]
    public async Task A_hub_says_where_its_log_is_and_never_the_password()
    {
        await PrepareAsync();
        await using var hub = await StartAsync();
        (await hub.Process.ReadErrorAsync("store    PostgreSQL")).ShouldNotContain("sécret");
    }

    [Fact]
    public async Task Db_prepares_a_database_and_says_what_it_did()
    {
        (await RunAsync("db", "init", "--store", "postgres:" + _connection)).ShouldBe((ExitCode.Ok, $"siar db init: the database has the tables of version {PostgresDatabase.Version} now."));
        (await RunAsync("db", "init", "--store", "postgres:" + _connection)).ShouldBe((ExitCode.Ok, $"siar db init: the database has tables already, of version {PostgresDatabase.Version}."));
        (await RunAsync("db", "migrate", "--store", "postgres:" + _connection)).ShouldBe((ExitCode.Ok, $"siar db migrate: the tables are of version {PostgresDatabase.Version}: there is nothing to do."));
        (await RunAsync("db", "init")).ShouldBe((ExitCode.Usage, "siar db init: no database is named: give --store postgres:CONNECTION, or set SIAR_STORE."));
        var unreachable = await RunAsync("db", "init", "--store", "postgres:Host=127.0.0.1;Port=1;Password=sécret");
        unreachable.ExitCode.ShouldBe(ExitCode.Failure);
        unreachable.Errors.ShouldStartWith("siar db init: The server cannot be reached, or does not answer.");
        unreachable.Errors.ShouldNotContain("sécret");
    }

    [Fact]
    public async Task Db_script_prints_what_a_database_administrator_runs()
    {
        var finished = await SiarProcess.RunAsync("db", "script", "--hub-role", "hub", "--publisher-role", "app");
        finished.ExitCode.ShouldBe(ExitCode.Ok, finished.Errors);
        await RunPsqlAsync(Database, "CREATE ROLE hub LOGIN; CREATE ROLE app LOGIN");
        (await RunPsqlAsync(Database, finished.Output)).ShouldNotContain("ERROR");
        await using var hub = await RunningHub.StartAsync("--dev", "--store", "postgres:" + _connection.Replace("Username=siar", "Username=hub", StringComparison.Ordinal));
        await PublishAsync(hub, "1");
    }

    [Fact]
    public async Task A_hub_whose_database_cannot_be_reached_does_not_start_and_says_why()
    {
        var (exitCode, errors) = await RunAsync("serve", "--dev", "--url", "http://127.0.0.1:0", "--store", "postgres:Host=127.0.0.1;Port=1;Username=hub;Password=sécret");
        exitCode.ShouldBe(ExitCode.Failure);
        errors.ShouldStartWith("siar serve: The server cannot be reached, or does not answer. (PostgreSQL at Host=127.0.0.1;Port=1;");
        errors.ShouldNotContain("sécret");
    }

    private string Database => _connection.Split(';').Single(p => p.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];

    private Task<RunningHub> StartAsync() => RunningHub.StartAsync("--dev", "--store", "postgres:" + _connection);

    private static async Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await SiarProcess.RunAsync(arguments);
        return (exitCode, errors.TrimEnd());
    }

    private static async Task PublishAsync(RunningHub hub, string data)
    {
        using var answer = await hub.Http.PostAsync("/events/t", new StringContent(data));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    private static async Task PublishUntilAnsweredAsync(RunningHub[] hubs, string data)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/events/t") { Content = new StringContent(data), Headers = { { "Idempotency-Key", $"\"{data}\"" } } };
            try
            {
                using var answer = await hubs[attempt % 2].Http.SendAsync(request);
                if (answer.IsSuccessStatusCode) return;
                attempt.ShouldBeLessThan(200, await answer.Content.ReadAsStringAsync());
            }
            catch (Exception failure) when (failure is HttpRequestException or System.Net.Sockets.SocketException && attempt < 200)
            {
                // That hub is dead. One that dies just as it is connected to is told by the socket's own exception.
            }
        }
    }

    private async Task<string> RunPsqlAsync(string database, string sql)
    {
        var start = new System.Diagnostics.ProcessStartInfo(Path.Combine(PostgresServer.Programs, "psql"))
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var argument in new[] { "-h", "127.0.0.1", "-p", $"{_server.Port}", "-U", "siar", "-X", "-v", "ON_ERROR_STOP=1", database }) start.ArgumentList.Add(argument);
        using var psql = System.Diagnostics.Process.Start(start)!;
        var errors = psql.StandardError.ReadToEndAsync();
        await psql.StandardInput.WriteAsync(sql + ";\n");
        psql.StandardInput.Close();
        var output = await psql.StandardOutput.ReadToEndAsync();
        await psql.WaitForExitAsync();
        psql.ExitCode.ShouldBe(0, await errors);
        return output.TrimEnd();
    }
}
