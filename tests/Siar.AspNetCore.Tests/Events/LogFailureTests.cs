using System.Net;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>What publishers, probes and the hub's own log are told while the log takes nothing.</summary>
public sealed class LogFailureTests
{
    private const string Mercure = "/.well-known/mercure";
    private readonly FailingLog _log = new();

    public static TheoryData<string, string, string> Doors => new()
    {
        { "/events/a", "text/plain", "x" },
        { "/events?topic=a", "text/plain", "x" },
        { "/events", "application/x-ndjson", """{"topics":["a"],"data":"x"}""" },
        { Mercure, "application/x-www-form-urlencoded", "topic=a&data=x" },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_log_without_room_is_507_at_every_door(string path, string type, string body)
    {
        await using var hub = await StartAsync();
        Fail(LogState.Full, mayBeKept: false);
        using var answer = await PostAsync(hub, path, type, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("The hub's log has no room left; nothing was published. Publish again when room was made.\n");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        hub.Core.Metrics.Refusals["log_full"].ShouldBe(1);
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_log_that_cannot_be_written_to_is_503_at_every_door(string path, string type, string body)
    {
        await using var hub = await StartAsync();
        Fail(LogState.Unavailable, mayBeKept: false);
        using var answer = await PostAsync(hub, path, type, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("The hub's log takes no events at the moment; nothing was published.");
        answer.Headers.RetryAfter.ShouldNotBeNull();
        hub.Core.Metrics.Refusals["log_unavailable"].ShouldBe(1);
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Whoever_may_have_published_is_asked_to_try_again_only_under_a_key(string path, string type, string body)
    {
        await using var hub = await StartAsync();
        Fail(LogState.Unavailable, mayBeKept: true);
        using var without = await PostAsync(hub, path, type, body);
        using var with = await PostAsync(hub, path, type, body, key: "k");

        without.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        without.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        using var problem = System.Text.Json.JsonDocument.Parse(await without.Content.ReadAsStringAsync());
        problem.RootElement.GetProperty("type").GetString().ShouldBe("urn:siar:outcome-unknown");
        problem.RootElement.GetProperty("status").GetInt32().ShouldBe(503);
        problem.RootElement.GetProperty("detail").GetString()!.ShouldContain("they may be published or not");
        without.Headers.RetryAfter.ShouldBeNull();
        with.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        with.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_log_that_fails_in_a_way_of_its_own_is_503_too(string path, string type, string body)
    {
        await using var hub = await StartAsync();
        _log.Failure = new OutOfMemoryException("too little");
        using var answer = await PostAsync(hub, path, type, body);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("they may be published or not");
        answer.Headers.RetryAfter.ShouldBeNull();
    }

    [Fact]
    public async Task Clients_of_the_older_dialect_are_answered_the_same()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup() with { Services = UseLog });
        Fail(LogState.Full, mayBeKept: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, Mercure) { Content = new FormUrlEncodedContent([new("topic", "a"), new("data", "x")]) };
        request.Headers.Authorization = new("Bearer", Keyring.LegacyPublisher("*"));
        using var answer = await hub.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("The hub's log has no room left");
    }

    [Fact]
    public async Task The_hub_is_not_ready_while_its_log_is_not_well_and_says_why()
    {
        await using var hub = await StartAsync();
        _log.Health = new LogHealth(LogState.Full, "There is no room left for the log: make room.") { Detail = "The file is /secret/siar.db." };
        using var unwell = await hub.Client.GetAsync("/health/ready");
        (await hub.Client.GetStringAsync("/metrics")).ShouldContain("""siar_log_state{state="full"} 1""");
        using var live = await hub.Client.GetAsync("/health/live");
        _log.Health = LogHealth.Available;
        using var well = await hub.Client.GetAsync("/health/ready");

        unwell.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await unwell.Content.ReadAsStringAsync()).ShouldBe("""{"status":"full","detail":"There is no room left for the log: make room."}""");
        live.StatusCode.ShouldBe(HttpStatusCode.OK);
        well.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.Client.GetStringAsync("/metrics")).ShouldContain("""siar_log_state{state="full"} 0""");
    }

    [Fact]
    public async Task A_log_that_needs_a_restart_turns_the_live_probe_red()
    {
        await using var hub = await StartAsync();
        _log.Health = new LogHealth(LogState.Unavailable, "The log takes no more events: restart the hub.") { NeedsRestart = true };
        using var live = await hub.Client.GetAsync("/health/live");

        live.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await live.Content.ReadAsStringAsync()).ShouldBe("""{"status":"failed","detail":"The log takes no more events: restart the hub."}""");
    }

    [Fact]
    public async Task The_hubs_own_log_is_told_once_for_each_change()
    {
        await using var hub = await StartAsync();
        _log.Health = new LogHealth(LogState.Full, "There is no room left for the log: make room.") { Detail = "The file is /data/siar.db." };
        for (var i = 0; i < 5; i++) hub.Core.Health.Look();
        hub.Log.Errors.ShouldHaveSingleItem().ShouldContain("The log is full. The file is /data/siar.db.");

        _log.Health = LogHealth.Available;
        hub.Core.Health.Look();
        _log.Health = new LogHealth(LogState.Unavailable, "The log's file is gone.");
        for (var i = 0; i < 5; i++) hub.Core.Health.Look();
        hub.Log.Errors.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_logger_that_throws_ends_nothing()
    {
        await using var hub = await StartAsync();
        var told = new List<LogState>();
        hub.Core.Health.OnChange = health =>
        {
            told.Add(health.State);
            throw new IOException("No space left on device");
        };
        _log.Health = new LogHealth(LogState.Full);
        hub.Core.Health.Look();
        hub.Core.Health.Look();
        told.ShouldBe([LogState.Full, LogState.Full], "what nobody heard is told again");
    }

    private Task<TestHub> StartAsync() => TestHub.StartAsync(new TestHubSetup { Services = UseLog });

    private void UseLog(IServiceCollection services) => services.AddSingleton<IEventLog>(_log);

    private void Fail(LogState state, bool mayBeKept) =>
        _log.Failure = new LogUnavailableException(state, "The log '/secret/siar.db' fails.") { MayBeKept = mayBeKept };

    private static async Task<HttpResponseMessage> PostAsync(TestHub hub, string path, string type, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type)) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await hub.Client.SendAsync(request);
    }
}
