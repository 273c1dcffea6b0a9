using System.Net.Http.Headers;
using System.Text.Json;

namespace Siar.Tool.Tests;

/// <summary>The plan by which a log that hubs share is trimmed, shown and changed from the command line.</summary>
[Trait("runs", "siar")]
public sealed class LogPlanTests : IDisposable
{
    private static int _logs;
    private readonly string _log = $"plan_{Interlocked.Increment(ref _logs)}";
    private readonly TestFolder _folder = new();

    public static TheoryData<string> Engines => ["postgres", "nats", "redis"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_plan_is_shown_with_what_the_settings_say_otherwise_and_is_adopted_while_a_hub_runs(string engine)
    {
        var store = await SharedStores.StoreOfAsync(engine);
        await using var hub = await RunningHub.StartAsync([.. Variables, new("SIAR_RETENTION_MAX_COUNT", "1000")], "--dev", "--store", store);
        var settings = _folder.File("siar.json");
        await File.WriteAllTextAsync(settings, """{ "retention": { "maxCount": 7 }, "retentionClasses": [{ "prefix": "chat/", "maxAge": "1h" }] }""");

        var (exitCode, output, errors) = await RunAsync("log", "plan", "--store", store, "--config", settings);
        exitCode.ShouldBe(ExitCode.Ok, errors);
        output.ShouldContain("\"maxCount\": 1000");
        errors.ShouldContain("siar log plan: retention.maxCount is 1000 in the log, and 7 in these settings.");
        errors.Split('\n').ShouldContain(line => line.StartsWith("siar log plan: retentionClasses is [", StringComparison.Ordinal) && line.Contains("\"chat/\"", StringComparison.Ordinal));

        (exitCode, output, errors) = await RunAsync("log", "plan", "--store", store, "--config", settings, "--adopt");
        exitCode.ShouldBe(ExitCode.Ok, errors);
        output.ShouldContain("\"maxCount\": 7");
        for (var i = 0; i < 9; i++) (await hub.Http.PostAsync("/events/t", new StringContent($"{i}"))).EnsureSuccessStatusCode();
        while (await CountKeptAsync(hub) != 7) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        // What was printed is a file of settings, by which nothing differs any more.
        await File.WriteAllTextAsync(settings, output);
        (exitCode, _, errors) = await RunAsync("log", "plan", "--store", store, "--config", settings);
        (exitCode, errors).ShouldBe((ExitCode.Ok, ""));
    }

    [Fact]
    public async Task The_plan_of_a_log_of_one_hub_is_its_settings_and_cannot_be_adopted()
    {
        var store = "sqlite:" + _folder.File("siar.db");
        var (exitCode, output, errors) = await SiarProcess.RunAsync("log", "plan", "--store", store);
        (exitCode, errors).ShouldBe((ExitCode.Ok, ""));
        output.ShouldContain("\"retention\"");
        File.Exists(_folder.File("siar.db")).ShouldBeFalse();

        (exitCode, _, errors) = await SiarProcess.RunAsync("log", "plan", "--store", store, "--adopt");
        exitCode.ShouldBe(ExitCode.Usage);
        errors.ShouldStartWith("siar log plan: a log of one hub is trimmed by that hub's settings");
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_not_made()
    {
        var store = await SharedStores.StoreOfAsync("nats");
        var (exitCode, _, errors) = await RunAsync("log", "plan", "--store", store);
        exitCode.ShouldBe(ExitCode.Failure);
        errors.ShouldStartWith("siar log plan: ");
        errors.ShouldContain(_log);
    }

    private IEnumerable<KeyValuePair<string, string>> Variables => SharedStores.Variables(_log);

    private async Task<SiarProcess.Finished> RunAsync(params string[] arguments)
    {
        await using var process = SiarProcess.Start(Variables, arguments);
        process.Input.Close();
        return await process.FinishAsync();
    }

    private static async Task<int> CountKeptAsync(RunningHub hub)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events?topic=t&lastEventId=earliest");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var answer = await hub.Http.SendAsync(request);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("events").GetArrayLength();
    }
}
