using System.Net;
using System.Text;

namespace Siar.Tool.Tests;

public sealed class PublisherTests
{
    private readonly StringWriter _said = new();
    private readonly PassingTime _time = new();

    [Fact]
    public async Task Events_go_as_lines_of_json_and_their_ids_come_back_in_order()
    {
        var hub = new ScriptedHub(ScriptedHub.Json("""{"ids":["1","2"]}"""));
        var request = new PublishRequest { Topic = "a \"b\"", Hub = ScriptedHub.Address, Type = "note", Key = "k", IsPrivate = true };

        var outcome = await PublishAsync(hub, request, "x", "é\t2");

        outcome.Failure.ShouldBeNull();
        outcome.Ids.ShouldBe(["1", "2"]);
        hub.Requests.Single().Body.ShouldBe(
            """
            {"topics":["a \"b\""],"data":"x","type":"note","key":"k","private":true}
            {"topics":["a \"b\""],"data":"é\t2","type":"note","key":"k","private":true}

            """);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_for_the_hub_goes_in_parts()
    {
        var hub = new ScriptedHub(
            ScriptedHub.Refusal(HttpStatusCode.RequestEntityTooLarge, "At most 2."),
            ScriptedHub.Json("""{"ids":["1"]}"""),
            ScriptedHub.Json("""{"ids":["2"]}"""),
            ScriptedHub.Json("""{"ids":["3"]}"""));

        var outcome = await PublishAsync(hub, Plain, "a", "b", "c");

        outcome.Ids.ShouldBe(["1", "2", "3"]);
        hub.Requests.Skip(1).Select(r => r.Body!.Split('\n').Length - 1).ShouldBe([1, 1, 1]);
    }

    [Fact]
    public async Task An_event_that_is_too_large_alone_is_told()
    {
        var hub = new ScriptedHub(ScriptedHub.Refusal(HttpStatusCode.RequestEntityTooLarge, "The event is too large."));

        (await PublishAsync(hub, Plain, "a")).Failure.ShouldBe("the hub refuses: 413 Request Entity Too Large: The event is too large.");
    }

    [Fact]
    public async Task A_hub_that_asks_to_wait_is_tried_again_when_it_says()
    {
        var hub = new ScriptedHub(ScriptedHub.Refusal(HttpStatusCode.TooManyRequests, "Slowly.", retryAfterSeconds: 3), ScriptedHub.Json("""{"ids":["1"]}"""));

        (await PublishAsync(hub, Plain, "a")).Ids.ShouldBe(["1"]);

        _time.Waits.Single().TotalSeconds.ShouldBe(3);
        hub.Requests[1].Body.ShouldBe(hub.Requests[0].Body);
    }

    [Fact]
    public async Task A_hub_that_was_never_there_is_not_waited_for()
    {
        (await PublishAsync(new ScriptedHub(ScriptedHub.Unreachable), Plain, "a")).Failure.ShouldStartWith("there is no hub at http://hub.test: Connection refused");

        _time.Waits.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hub_that_is_started_again_is_waited_for()
    {
        var hub = new ScriptedHub(ScriptedHub.Json("""{"ids":["1"]}"""), ScriptedHub.Unreachable, ScriptedHub.Json("""{"ids":["2"]}"""));
        var publisher = Publisher(hub);
        await publisher.PublishAsync(Batch(Plain, "a"), TestContext.Current.CancellationToken);

        (await publisher.PublishAsync(Batch(Plain, "b"), TestContext.Current.CancellationToken)).Ids.ShouldBe(["2"]);
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_told_and_nothing_is_sent_twice()
    {
        var hub = new ScriptedHub(ScriptedHub.Broken);

        (await PublishAsync(hub, Plain, "a")).Failure!.ShouldContain("may have been published or not");

        hub.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("<html>")]
    public async Task Somebody_elses_answer_is_told(string answer) =>
        (await PublishAsync(new ScriptedHub(ScriptedHub.Json(answer)), Plain, "a")).Failure!.ShouldContain("not as a hub does");

    private static PublishRequest Plain => new() { Topic = "t", Hub = ScriptedHub.Address };

    private Task<PublishOutcome> PublishAsync(ScriptedHub hub, PublishRequest request, params string[] data) =>
        Publisher(hub).PublishAsync(Batch(request, data), TestContext.Current.CancellationToken);

    private Publisher Publisher(ScriptedHub hub) =>
        new(hub.Client(), ScriptedHub.Address.Events, new Backoff(() => 0), _time, new Notes("siar publish", isQuiet: false, _said));

    private static EventBatch Batch(PublishRequest request, params string[] data)
    {
        var batch = new EventBatch(request);
        foreach (var text in data) batch.Add(Encoding.UTF8.GetBytes(text));
        return batch;
    }
}
