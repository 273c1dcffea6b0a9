using System.Net;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Access;

public sealed class AuthorizerTests
{
    [Fact]
    public async Task Without_keys_and_hook_nobody_publishes_outside_development()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", Siar = s => s.AllowAnonymousReaders("*") });

        using var answer = await hub.Client.PostAsync("/events/a", new StringContent("x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("neither keys nor an authorisation hook");
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task A_hook_says_who_reads_what()
    {
        await using var hub = await StartAsync(new SiarAccess { Subscribe = MatcherSet.OfTopics(Topic.Parse("mine")) });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/*");

        await hub.Hub.PublishAsync(Private("other", "not mine"));
        await hub.Hub.PublishAsync(Private("mine", "mine"));
        await hub.Hub.PublishAsync("other", "public, and not mine");
        await hub.Hub.PublishAsync("mine", "public, and mine");

        (await reader.NextAsync()).Data.ShouldBe("mine");
        (await reader.NextAsync()).Data.ShouldBe("public, and mine");
    }

    [Fact]
    public async Task Every_topic_of_an_event_must_be_allowed()
    {
        await using var hub = await StartAsync(new SiarAccess { Publish = MatcherSet.OfTopics(Topic.Parse("a"), Topic.Parse("b")) });

        (await hub.Client.PostAsync("/events/a?topic=b", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var answer = await hub.Client.PostAsync("/events/a?topic=c", new StringContent("x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("'c'");
        hub.Core.Log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task Every_event_of_a_batch_must_be_allowed()
    {
        await using var hub = await StartAsync(new SiarAccess { Publish = MatcherSet.OfTopics(Topic.Parse("a")) });
        using var batch = new StringContent("{\"topics\":[\"a\"]}\n{\"topics\":[\"b\"]}", System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/x-ndjson"));

        (await hub.Client.PostAsync("/events", batch)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_caller_is_asked_who_it_is()
    {
        await using var hub = await StartAsync(null);

        foreach (var answer in new[] { await hub.Client.GetAsync("/events/a"), await hub.Client.PostAsync("/events/a", new StringContent("x")) })
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }
    }

    [Fact]
    public async Task A_page_of_another_origin_may_not_publish_with_somebodys_cookies()
    {
        await using var hub = await StartAsync(SiarAccess.Everything);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/a") { Headers = { { "Origin", "https://evil.example" } } };

        (await hub.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_hook_in_development_takes_the_place_of_development_mode()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Siar = s => s.UseAuthorizer<Nobody>() });

        (await hub.Client.PostAsync("/events/a", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_stream_ends_when_its_access_does()
    {
        await using var hub = await StartAsync(SiarAccess.ReadPublic with { EndsAt = TimeProvider.System.GetUtcNow() });
        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a");

        await reader.ReadToEndAsync();
    }

    private static Event Private(string topic, string data) => new(Topic.Parse(topic), data) { IsPrivate = true };

    private static Task<TestHub> StartAsync(SiarAccess? access) => TestHub.StartAsync(new TestHubSetup
    {
        Environment = "Production",
        Siar = s => s.UseAuthorizer(_ => ValueTask.FromResult(access)),
    });

    private sealed class Nobody : ISiarAuthorizer
    {
        public ValueTask<SiarAccess?> AuthorizeAsync(HttpContext context, CancellationToken cancellationToken) => ValueTask.FromResult<SiarAccess?>(null);
    }
}
