using System.Text.Json;
using Siar.Storage.Sqlite;

namespace Siar.Tool.Tests;

/// <summary>The hub as a process, with its log in a file.</summary>
[Trait("runs", "siar")]
public sealed class ServeStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Store => "sqlite:" + _folder.File("siar.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_kill_and_ids_still_resume()
    {
        string first;
        await using (var hub = await RunningHub.StartAsync("--store", Store))
        {
            await hub.Process.ReadErrorAsync("store    " + _folder.File("siar.db") + ": an acknowledged event survives the loss of power");
            first = await PublishAsync(hub, "1");
            await PublishAsync(hub, "2");
            await hub.Process.KillAsync();
        }

        await using var again = await RunningHub.StartAsync("--store", Store);
        await PublishAsync(again, "3");

        await using var reader = again.Subscribe("t", "--since", first, "--count", "2");
        var (exitCode, output, errors) = await reader.FinishAsync();
        exitCode.ShouldBe(ExitCode.Ok, errors);
        output.ShouldBe("2\n3\n");
    }

    [Fact]
    public async Task A_hub_that_settles_for_less_begins_a_new_life_after_a_kill_and_tells_the_gap()
    {
        string first;
        await using (var hub = await RunningHub.StartAsync("--store", Store, "--durability", "process-death"))
        {
            await hub.Process.ReadErrorAsync("but perhaps not the loss of power");
            first = await PublishAsync(hub, "1");
            await hub.Process.KillAsync();
        }

        await using var again = await RunningHub.StartAsync("--store", Store);
        (await PublishAsync(again, "2"))[..^1].ShouldNotBe(first[..^1]);
    }

    [Fact]
    public async Task A_second_hub_on_the_same_file_says_so_and_stops()
    {
        await using var hub = await RunningHub.StartAsync("--store", Store);

        var (exitCode, output, errors) = await SiarProcess.RunAsync("serve", "--url", "http://127.0.0.1:0", "--store", Store);

        exitCode.ShouldBe(ExitCode.Failure);
        output.ShouldBeEmpty();
        errors.ShouldBe($"siar serve: The log '{_folder.File("siar.db")}' is open in another hub, and one hub at a time may have it: stop that one, or give this one a file of its own.\n");
    }

    [Fact]
    public async Task A_damaged_file_is_told_with_the_way_out()
    {
        await using (var hub = await RunningHub.StartAsync("--store", Store))
        {
            await PublishAsync(hub, new string('x', 100_000));
            await hub.Process.SignalAsync(SiarProcess.SigTerm);
            await hub.Process.FinishAsync();
        }

        await using (var file = new FileStream(_folder.File("siar.db"), FileMode.Open)) file.SetLength(file.Length / 2);

        var (exitCode, output, errors) = await SiarProcess.RunAsync("serve", "--url", "http://127.0.0.1:0", "--store", Store);

        exitCode.ShouldBe(ExitCode.Damaged);
        output.ShouldBeEmpty();
        errors.ShouldStartWith($"siar serve: The log '{_folder.File("siar.db")}' is damaged: the file is cut off: ");
        errors.ShouldContain("siar log restore");
        errors.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("no/such/folder/siar.db", ExitCode.Failure, "does not exist: make it, or name another.")]
    [InlineData("text.db", ExitCode.Damaged, "is no SQLite file, or its beginning was overwritten")]
    [InlineData("folder.db", ExitCode.Failure, "folder.db'")]
    public async Task A_file_that_cannot_be_a_log_is_told(string name, int expected, string sentence)
    {
        await File.WriteAllTextAsync(_folder.File("text.db"), new string('x', 10_000));
        Directory.CreateDirectory(_folder.File("folder.db"));

        var (exitCode, _, errors) = await SiarProcess.RunAsync("serve", "--url", "http://127.0.0.1:0", "--store", "sqlite:" + _folder.File(name));

        errors.ShouldContain(sentence);
        errors.ShouldNotContain("   at ");
        exitCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_hub_whose_file_is_moved_away_takes_nothing_and_says_so_until_it_is_back()
    {
        await using var hub = await RunningHub.StartAsync("--store", Store);
        await PublishAsync(hub, "1");
        File.Move(_folder.File("siar.db"), _folder.File("elsewhere.db"));

        for (var i = 0; i < 3; i++)
        {
            using var refused = await hub.Http.PostAsync("/events/t", new StringContent("2"));
            refused.StatusCode.ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
            (await refused.Content.ReadAsStringAsync()).ShouldStartWith("The hub's log takes no events at the moment; nothing was published.");
        }

        await ReadyAsync(hub, "\"status\":\"unavailable\"");
        await hub.Process.ReadErrorAsync("The log is unavailable. The file of the log");
        File.Move(_folder.File("elsewhere.db"), _folder.File("siar.db"));
        await ReadyAsync(hub, "\"status\":\"ok\"");
        await PublishAsync(hub, "3");
        await hub.Process.SignalAsync(SiarProcess.SigTerm);
        var (exitCode, _, errors) = await hub.Process.FinishAsync();
        exitCode.ShouldBe(ExitCode.Ok);
        errors.ShouldNotContain("The log is unavailable", Case.Sensitive, "once for the change");
        errors.ShouldNotContain("   at ");
        SqliteLogFile.Read(_folder.File("siar.db")).Select(e => e.Content.GetText()).ShouldBe(["1", "3"]);
    }

    private static async Task ReadyAsync(RunningHub hub, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var answer = await hub.Http.GetAsync("/health/ready", patience.Token);
            if ((await answer.Content.ReadAsStringAsync(patience.Token)).Contains(status, StringComparison.Ordinal)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    [Fact]
    public async Task What_the_limits_leave_no_room_for_goes()
    {
        var variables = new Dictionary<string, string>
        {
            ["SIAR_RETENTION_MAX_COUNT"] = "1000", ["SIAR_RETENTION_CLASSES"] = """[{"prefix": "chat/", "maxCount": 1}]""",
        };
        await using var hub = await RunningHub.StartAsync(variables, "--store", Store);
        foreach (var data in new[] { "1", "2", "3" }) await PublishAsync(hub, data, "chat/a");
        await PublishAsync(hub, "kept");

        // Trimming is the background's business: the file says when it is done.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!SqliteLogFile.Read(_folder.File("siar.db")).Select(e => e.Content.GetText()).SequenceEqual(["3", "kept"]))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }

    private static async Task<string> PublishAsync(RunningHub hub, string data, string topic = "t")
    {
        using var answer = await hub.Http.PostAsync("/events/" + topic, new StringContent(data));
        return JsonElement.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).GetProperty("id").GetString()!;
    }
}
