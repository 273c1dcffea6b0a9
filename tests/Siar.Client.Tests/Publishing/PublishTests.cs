using System.Net;
using System.Text.Json;
using Siar.TestKit;
using Siar.Wire;

namespace Siar.Client.Tests;

public sealed class PublishTests
{
    private readonly ScriptedHub _hub = new();
    private readonly PassingTime _time = new();

    [Fact]
    public async Task An_event_goes_as_a_line_of_json_and_its_id_comes_back()
    {
        _hub.Takes("1");

        (await Client().PublishAsync(
            new OutgoingEvent("a \"b\"", "x\ny é") { Topics = ["a \"b\"", "other"], Type = "note", Id = "mine", Key = "k", Retry = TimeSpan.FromSeconds(2), IsPrivate = true },
            Token)).ShouldBe("1");

        var request = _hub.Requests.Single();
        request.Body.ShouldBe("""{"topics":["a \"b\"","other"],"data":"x\ny é","type":"note","id":"mine","key":"k","retry":2000,"private":true}""" + "\n");
        request.Url.ShouldBe("http://hub.test/base/events");
        request.ContentType.ShouldBe("application/x-ndjson");
        request.Key.ShouldMatch("^\"[0-9a-f]{32}\"$");
        request.Authorization.ShouldBe("Bearer secret");
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("x ")]
    [InlineData("\tx")]
    [InlineData("a\u0001b")]
    public void An_id_that_a_reader_could_not_send_back_is_refused_before_it_goes(string id) =>
        Should.Throw<ArgumentException>(() => new OutgoingEvent("a", "x") { Id = id }).Message.ShouldMatch("begins or ends with a blank|control character");

    [Fact]
    public async Task A_value_goes_as_json()
    {
        _hub.Takes("1");

        await Client().PublishAsync("t", new ItemTests.Price("eur", 1.07m), ItemTests.Json.Default.Price, Token);

        JsonDocument.Parse(_hub.Requests.Single().Body).RootElement.GetProperty("data").GetString().ShouldBe("""{"Pair":"eur","Value":1.07}""");
    }

    [Fact]
    public async Task A_typed_topic_takes_only_its_type_and_a_family_must_be_named()
    {
        _hub.Takes("1");
        var prices = new Topic<ItemTests.Price>("prices/{pair}", ItemTests.Json.Default.Price);

        await Client().PublishAsync(prices.With("eur"), new ItemTests.Price("eur", 1.07m), Token);

        var sent = JsonDocument.Parse(_hub.Requests.Single().Body).RootElement;
        sent.GetProperty("topics")[0].GetString().ShouldBe("prices/eur");
        sent.GetProperty("data").GetString().ShouldBe("{\"Pair\":\"eur\",\"Value\":1.07}");
        await Should.ThrowAsync<InvalidOperationException>(() => Client().PublishAsync(prices, new ItemTests.Price("eur", 1.07m), Token));
    }

    [Fact]
    public async Task A_topic_is_closed_and_once_when_the_answer_is_lost()
    {
        _hub.Breaks().Says("""{"id":"9"}""");

        await Client().CloseAsync("jobs/1&x", Token);

        _hub.Requests.Select(r => (r.Url, r.Body, r.ContentType)).Distinct().ShouldBe([("http://hub.test/base/events?topic=jobs%2F1%26x&close", "", null)]);
        _hub.Requests[0].Key.ShouldBe(_hub.Requests[1].Key);
    }

    [Fact]
    public async Task A_batch_is_one_request()
    {
        _hub.Takes("1", "2", "3");

        (await Client().PublishBatchAsync(Events("a", "b", "c"), Token)).ShouldBe(["1", "2", "3"]);

        _hub.Requests.Single().Lines.ShouldBe(3);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_refused_whole()
    {
        _hub.Refuses(HttpStatusCode.RequestEntityTooLarge, "At most 2.");

        var failure = await Should.ThrowAsync<PublishException>(Client().PublishBatchAsync(Events("a", "b", "c"), Token));

        failure.Message.ShouldBe("The hub refuses: 413 Request Entity Too Large: At most 2.");
        (failure.Published, failure.Uncertain, failure.StatusCode).ShouldBe((0, 0, HttpStatusCode.RequestEntityTooLarge));
        _hub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_key_and_bytes()
    {
        _hub.Breaks().Answers(HttpStatusCode.BadGateway).Takes("1");

        (await Client().PublishAsync("t", "x", Token)).ShouldBe("1");

        _hub.Requests.Select(r => (r.Key, r.Body)).Distinct().Count().ShouldBe(1);
        _hub.Requests.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(511)]
    [InlineData(520)]
    [InlineData(522)]
    [InlineData(530)]
    public async Task A_status_of_an_intermediary_is_a_lost_answer(int status)
    {
        _hub.Answers((HttpStatusCode)status).Answers((HttpStatusCode)status).Takes("1");

        (await Client().PublishAsync("t", "x", Token)).ShouldBe("1");

        _hub.Requests.Select(r => (r.Key, r.Body)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Every_publish_has_a_key_of_its_own()
    {
        _hub.Takes("1").Takes("2");
        var client = Client();

        await client.PublishAsync("t", "x", Token);
        await client.PublishAsync("t", "x", Token);

        _hub.Requests[0].Key.ShouldNotBe(_hub.Requests[1].Key);
    }

    [Fact]
    public async Task A_hub_that_does_not_know_whether_it_has_them_is_asked_again_with_the_same_key()
    {
        _hub.DoesNotKnow().Takes("1");
        (await Client().PublishAsync("t", "x", Token)).ShouldBe("1");
        _hub.Requests.Count.ShouldBe(2);
        _hub.Requests[1].Key.ShouldBe(_hub.Requests[0].Key);
    }

    [Fact]
    public async Task What_a_hub_does_not_know_to_be_published_is_uncertain()
    {
        _hub.DoesNotKnow().Refuses(HttpStatusCode.Forbidden, "No.");
        (await Should.ThrowAsync<PublishException>(Client().PublishAsync("t", "x", Token))).Uncertain.ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_answer_can_be_left_lost_and_is_told_as_uncertain()
    {
        _hub.Breaks();

        var failure = await Should.ThrowAsync<PublishException>(Client(o => o.PublishRetry = new() { RetriesLostAnswers = false }).PublishBatchAsync(Events("a", "b"), Token));

        (failure.Failure, failure.Published, failure.Uncertain).ShouldBe((PublishFailure.AnswerLost, 0, 2));
        failure.Message.ShouldContain("may have been published, or not");
        _hub.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(TaskCanceledException))]
    public async Task A_token_that_does_not_come_leaves_nothing_uncertain(Type kind)
    {
        var broken = (Exception)Activator.CreateInstance(kind, "the issuer is gone")!;
        var client = Client(o =>
        {
            o.PublishRetry = new() { GiveUpAfter = TimeSpan.Zero, RetriesLostAnswers = false };
            o.TokenProvider = _ => throw broken;
        });

        var failure = await Should.ThrowAsync<PublishException>(client.PublishBatchAsync(Events("a", "b"), Token));

        (failure.Failure, failure.Published, failure.Uncertain).ShouldBe((PublishFailure.Unreachable, 0, 0));
        failure.Message.ShouldBe("No token was to be had (the issuer is gone).");
        failure.InnerException.ShouldBe(broken);
        _hub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_is_asked_for_again_though_lost_answers_are_left_lost()
    {
        _hub.Takes("1");
        var asked = 0;
        var client = Client(o =>
        {
            o.PublishRetry = new() { RetriesLostAnswers = false };
            o.TokenProvider = _ => asked++ == 0 ? throw new HttpRequestException("503") : ValueTask.FromResult<string?>("late");
        });

        (await client.PublishAsync("t", "x", Token)).ShouldBe("1");

        _hub.Requests.Single().Authorization.ShouldBe("Bearer late");
    }

    [Fact]
    public async Task A_token_s_provider_that_does_not_answer_leaves_nothing_uncertain()
    {
        var time = new ManualTimeProvider();
        var client = Client(o =>
        {
            o.TimeProvider = time;
            o.PublishRetry = new() { GiveUpAfter = TimeSpan.Zero };
            o.TokenProvider = async cancelled =>
            {
                time.Advance(o.ResponseTimeout);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancelled);
                return null;
            };
        });

        var failure = await Should.ThrowAsync<PublishException>(client.PublishAsync("t", "x", Token));

        (failure.Failure, failure.Uncertain, failure.Message).ShouldBe((PublishFailure.Unreachable, 0, "No token came within 30 s."));
        _hub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_cancels_while_the_token_is_got_is_told_so()
    {
        using var cancel = new CancellationTokenSource();
        var client = Client(o => o.TokenProvider = async cancelled =>
        {
            await cancel.CancelAsync();
            cancelled.ThrowIfCancellationRequested();
            return null;
        });

        await Should.ThrowAsync<OperationCanceledException>(client.PublishAsync("t", "x", cancel.Token));
    }

    [Fact]
    public async Task A_refusal_after_a_lost_answer_leaves_it_uncertain()
    {
        _hub.Breaks().Refuses(HttpStatusCode.Unauthorized, "The token is too old.");

        (await Should.ThrowAsync<PublishException>(Client().PublishAsync("t", "x", Token))).Uncertain.ShouldBe(1);
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.InsufficientStorage)]
    public async Task A_hub_that_asks_to_wait_is_tried_again_when_it_says(HttpStatusCode status)
    {
        _hub.Answers(status, retryAfterSeconds: 3).Takes("1");

        await Client().PublishAsync("t", "x", Token);

        _time.Waits.ShouldContain(w => w >= TimeSpan.FromSeconds(3) && w <= TimeSpan.FromSeconds(3.75));
    }

    [Fact]
    public async Task It_gives_up_when_the_time_is_over()
    {
        _hub.Answers(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 61);

        var failure = await Should.ThrowAsync<PublishException>(Client().PublishAsync("t", "x", Token));

        (failure.Failure, failure.Uncertain).ShouldBe((PublishFailure.Unreachable, 0));
        failure.Message.ShouldStartWith("The hub asks to wait (503 Service Unavailable)");
    }

    [Fact]
    public async Task A_hub_that_was_never_there_need_not_be_waited_for()
    {
        _hub.IsGone();
        var client = Client(o => o.PublishRetry = new() { WaitsForHub = false });

        (await Should.ThrowAsync<PublishException>(client.PublishAsync("t", "x", Token))).Failure.ShouldBe(PublishFailure.Unreachable);

        _hub.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_hub_that_was_there_is_waited_for()
    {
        _hub.Takes("1").IsGone().Takes("2");
        var client = Client(o => o.PublishRetry = new() { WaitsForHub = false });
        await client.PublishAsync("t", "x", Token);

        (await client.PublishAsync("t", "y", Token)).ShouldBe("2");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("{\"ids\":[]}")]
    public async Task Somebody_else_s_answer_is_told(string answer)
    {
        _hub.Says(answer);

        (await Should.ThrowAsync<PublishException>(Client().PublishAsync("t", "x", Token))).Message.ShouldContain("not as a hub does");
    }

    [Fact]
    public async Task A_stream_goes_in_parts_where_the_hub_takes_less_at_once()
    {
        _hub.TakesAtMost(2);
        List<string> ids = [];

        (await Client().PublishAllAsync(Source(Events("a", "b", "c", "d", "e")), ids.AddRange, Token)).ShouldBe(5);

        ids.ShouldBe(["1", "2", "3", "4", "5"]);
        _hub.Taken.ShouldBe(["a", "b", "c", "d", "e"]);
    }

    [Fact]
    public async Task A_stream_that_fails_on_its_way_tells_exactly_how_far_it_came()
    {
        _hub.TakesAtMost(int.MaxValue, events: 3_000);

        var failure = await Should.ThrowAsync<PublishException>(Client().PublishAllAsync(Source(Events([.. Enumerable.Range(0, 10_000).Select(i => $"{i}")])), null, Token));

        failure.Published.ShouldBe(_hub.Taken.Count);
        failure.Uncertain.ShouldBe(0);
        failure.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        _hub.Taken.ShouldBe(Enumerable.Range(0, _hub.Taken.Count).Select(i => $"{i}"));
    }

    [Fact]
    public async Task What_came_before_a_source_that_throws_is_published()
    {
        _hub.TakesAtMost(int.MaxValue);

        (await Should.ThrowAsync<FormatException>(Client().PublishAllAsync(Source(Events("a", "b"), new FormatException("line 3")), null, Token))).Message.ShouldBe("line 3");

        _hub.Taken.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Each_line_of_a_text_is_an_event()
    {
        _hub.TakesAtMost(int.MaxValue);

        (await Client().PublishLinesAsync("t", new StringReader("one\r\n\ntwo"), cancellationToken: Token)).ShouldBe(3);

        _hub.Taken.ShouldBe(["one", "", "two"]);
    }

    [Fact]
    public void What_no_event_can_hold_is_refused_at_the_door()
    {
        Should.Throw<ArgumentException>(() => new OutgoingEvent("t", "\ud800"));
        Should.Throw<ArgumentException>(() => new OutgoingEvent("t", new byte[] { 0xff }));
        Should.Throw<ArgumentException>(() => new OutgoingEvent("t", "x") { Type = "a\nb" });
        Should.Throw<ArgumentException>(() => new OutgoingEvent("t", "x") { Id = "" });
        Should.Throw<ArgumentException>(() => new OutgoingEvent("t", "x") { Topics = [] });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SiarClient Client(Action<SiarClientOptions>? configure = null)
    {
        var options = new SiarClientOptions { Hub = new Uri("http://hub.test/base/"), Token = "secret", TimeProvider = _time, Random = () => 0.5 };
        configure?.Invoke(options);
        return new SiarClient(new HttpClient(_hub), options);
    }

    private static IEnumerable<OutgoingEvent> Events(params string[] data) => data.Select(d => new OutgoingEvent("t", d));

    private static async IAsyncEnumerable<OutgoingEvent> Source(IEnumerable<OutgoingEvent> events, Exception? end = null)
    {
        await Task.Yield();
        foreach (var one in events) yield return one;
        if (end is not null) throw end;
    }
}
