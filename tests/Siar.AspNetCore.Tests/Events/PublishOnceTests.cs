using System.Net;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>Publishes that are not done twice, or only on a condition.</summary>
public sealed class PublishOnceTests
{
    [Theory]
    [InlineData("8e03978e-40d5", "\"8e03978e-40d5\"")]
    [InlineData("\"with \\\"quotes\\\" \"", "\"with \\\"quotes\\\" \"")]
    public async Task The_same_key_is_answered_as_the_first_time(string first, string second)
    {
        await using var hub = await TestHub.StartAsync();
        using var answer = await PostAsync(hub, "/events/a", "x", ("Idempotency-Key", first));
        using var again = await PostAsync(hub, "/events/a", "x", ("Idempotency-Key", second));

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await answer.Content.ReadAsStringAsync());
        answer.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        hub.Core.Log.Head.ShouldBe(1);
    }

    [Theory]
    [InlineData("/events/a", "y")]
    [InlineData("/events/b", "x")]
    [InlineData("/events/a?topic=b", "x")]
    [InlineData("/events/a?type=t", "x")]
    [InlineData("/events/a?id=i", "x")]
    [InlineData("/events/a?key=k", "x")]
    [InlineData("/events/a?retry=1", "x")]
    [InlineData("/events/a?private", "x")]
    public async Task The_same_key_with_anything_else_is_422(string path, string body)
    {
        await using var hub = await TestHub.StartAsync();
        await PostAsync(hub, "/events/a", "x", ("Idempotency-Key", "k"));
        using var answer = await PostAsync(hub, path, body, ("Idempotency-Key", "k"));

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("another publish");
        hub.Core.Log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task A_batch_has_a_key_as_a_whole()
    {
        await using var hub = await TestHub.StartAsync();
        const string Batch = "{\"topics\":[\"a\"],\"data\":\"1\"}\n{\"topics\":[\"b\"],\"data\":\"2\"}\n";
        using var first = await PostAsync(hub, "/events", Batch, ("Idempotency-Key", "k"));
        using var second = await PostAsync(hub, "/events", Batch, ("Idempotency-Key", "k"));

        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        hub.Core.Log.Head.ShouldBe(2);
    }

    [Fact]
    public async Task An_id_that_is_declared_unique_is_published_once()
    {
        await using var hub = await TestHub.StartAsync();
        using var first = await PostAsync(hub, "/events/a?id=order-1&unique", "x");
        using var second = await PostAsync(hub, "/events/a?id=order-1&unique", "x");
        using var other = await PostAsync(hub, "/events/a?id=order-1&unique", "y");
        using var undeclared = await PostAsync(hub, "/events/a?id=order-1", "y");

        (await second.Content.ReadAsStringAsync()).ShouldBe("{\"id\":\"order-1\"}");
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        undeclared.StatusCode.ShouldBe(HttpStatusCode.OK);
        hub.Core.Log.Head.ShouldBe(2);
    }

    [Fact]
    public async Task Keys_belong_to_those_who_chose_them()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Siar = siar => siar.UseAuthorizer(context => ValueTask.FromResult<SiarAccess?>(
                SiarAccess.Everything with { Name = context.Request.Headers.Authorization })),
        });
        await PostAsync(hub, "/events/a", "x", ("Idempotency-Key", "k"), ("Authorization", "one"));
        (await PostAsync(hub, "/events/a", "y", ("Idempotency-Key", "k"), ("Authorization", "two"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(hub, "/events/a", "y", ("Idempotency-Key", "k"), ("Authorization", "one"))).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        hub.Core.Log.Head.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("two words")]
    [InlineData("\"open")]
    [InlineData("\"a\\b\"")]
    public async Task A_key_that_cannot_be_read_is_refused(string key)
    {
        await using var hub = await TestHub.StartAsync();
        (await PostAsync(hub, "/events/a", "x", ("Idempotency-Key", key))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused_and_one_with_an_id_declared_unique_as_well()
    {
        await using var hub = await TestHub.StartAsync();
        (await PostAsync(hub, "/events/a", "x", ("Idempotency-Key", new string('k', 600)))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(hub, "/events/a?id=i&unique", "x", ("Idempotency-Key", "k"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(hub, "/events/a?unique", "x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(hub, "/events/a?id=i&unique=perhaps", "x")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_publishes_on_the_newest_event_wins_once()
    {
        await using var hub = await TestHub.StartAsync();
        using var first = await PostAsync(hub, "/events/a", "1", ("If-None-Match", "*"));
        var tag = first.Headers.ETag!.ToString();
        using var mine = await PostAsync(hub, "/events/a", "2", ("If-Match", tag));
        using var theirs = await PostAsync(hub, "/events/a", "3", ("If-Match", tag));
        using var either = await PostAsync(hub, "/events/a", "4", ("If-Match", $"{tag}, {mine.Headers.ETag}"));
        using var whichever = await PostAsync(hub, "/events/a", "5", ("If-Match", "*"));
        using var none = await PostAsync(hub, "/events/a", "6", ("If-None-Match", "*"));

        mine.StatusCode.ShouldBe(HttpStatusCode.OK);
        theirs.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        either.StatusCode.ShouldBe(HttpStatusCode.OK);
        whichever.StatusCode.ShouldBe(HttpStatusCode.OK);
        none.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        hub.Core.Log.Head.ShouldBe(4);
    }

    [Fact]
    public async Task An_id_of_any_text_can_be_a_tag()
    {
        await using var hub = await TestHub.StartAsync();
        using var first = await PostAsync(hub, "/events/a?id=%22100%25%20%C3%A4%22", "1");
        first.Headers.ETag!.ToString().ShouldBe("\"%22100%25%20%C3%A4%22\"");
        (await PostAsync(hub, "/events/a", "2", ("If-Match", first.Headers.ETag.ToString()))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("If-Match", "W/\"a\"")]
    [InlineData("If-Match", "a")]
    [InlineData("If-Match", "\"%zz\"")]
    [InlineData("If-Match", "\"\"")]
    [InlineData("If-None-Match", "\"a\"")]
    public async Task A_condition_that_cannot_be_read_is_refused(string name, string value)
    {
        await using var hub = await TestHub.StartAsync();
        (await PostAsync(hub, "/events/a", "x", (name, value))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_on_a_condition_must_be_about_one_topic()
    {
        await using var hub = await TestHub.StartAsync();
        (await PostAsync(hub, "/events", "{\"topics\":[\"a\"]}\n{\"topics\":[\"b\"]}\n", ("If-None-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(hub, "/events", "{\"topics\":[\"a\"]}\n{\"topics\":[\"a\"]}\n", ("If-None-Match", "*"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_same_holds_in_the_same_process()
    {
        await using var hub = await TestHub.StartAsync();
        var once = new PublishOptions { IdempotencyKey = "k", Condition = PublishCondition.TopicIsEmpty };
        var first = await hub.Hub.PublishAsync([new Event(Topic.Parse("a"), "x")], once);
        var second = await hub.Hub.PublishAsync([new Event(Topic.Parse("a"), "x")], once);

        second.IsRepeat.ShouldBeTrue();
        second.Events[0].Id.ShouldBe(first.Events[0].Id);
        var reused = await Should.ThrowAsync<PublishRefusedException>(async () => await hub.Hub.PublishAsync([new Event(Topic.Parse("a"), "y")], once));
        reused.Refusal.ShouldBe(PublishRefusal.KeyReused);
        await Should.ThrowAsync<ArgumentException>(async () => await hub.Hub.PublishAsync([new Event(Topic.Parse("a"), "y")], new PublishOptions { IdempotencyKey = "" }));
    }

    private static async Task<HttpResponseMessage> PostAsync(TestHub hub, string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        if (path == "/events") request.Content.Headers.ContentType = new("application/x-ndjson");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await hub.Client.SendAsync(request);
    }
}
