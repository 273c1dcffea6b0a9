using System.Text.Json;
using System.Text.Json.Serialization;
using Siar.Wire;

namespace Siar.Client.Tests;

public sealed partial class ItemTests
{
    [Fact]
    public async Task Published_events_of_the_types_error_and_open_are_events_and_the_connection_s_own_are_none()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("event: error\ndata: a\n\nevent: open\ndata: b\n\n");

        foreach (var (type, data) in new[] { ("error", "a"), ("open", "b") })
        {
            var item = await stream.NextAsync();
            (item.IsEvent, item.Type, item.Data).ShouldBe((true, type, data));
        }

        await (await stream.ReconnectAsync()).AnswerAsync("data: c\n\n");
        (await stream.NextAsync()).Data.ShouldBe("c");
        stream.Opened.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Signals_of_a_hub_are_items_of_their_own()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { HasSignals = true };
        await (await stream.OpenAsync()).AnswerAsync(
            "event: siar.gap\nid: 9\ndata: {\"requested\":\"3\",\"oldest\":\"8\",\"reason\":\"trimmed\"}\n\n" +
            "event: siar.live\nid: 10\ndata: {}\n\nevent: siar.closed\ndata: {\"topic\":\"t\"}\n\nevent: siar.other\ndata: {\"x\":1}\n\ndata: a\n\n");

        var gap = await stream.NextAsync();
        gap.IsGap.ShouldBeTrue();
        gap.IsEvent.ShouldBeFalse();
        gap.Data.ShouldBeNull();
        gap.LastEventId.ShouldBe("9");
        (gap.Gap!.Requested, gap.Gap.Oldest, gap.Gap.Reason).ShouldBe(("3", "8", "trimmed"));
        (await stream.NextAsync()).Kind.ShouldBe(StreamItemKind.Live);
        (await stream.NextAsync()).Kind.ShouldBe(StreamItemKind.Closed);
        var other = await stream.NextAsync();
        (other.Kind, other.Type, other.SignalJson).ShouldBe((StreamItemKind.Signal, "siar.other", "{\"x\":1}"));
        (await stream.NextAsync()).ShouldSatisfyAllConditions(i => i.IsEvent.ShouldBeTrue(), i => i.Gap.ShouldBeNull(), i => i.LastEventId.ShouldBe("10"));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{\"requested\":null}")]
    public async Task A_gap_that_says_nothing_is_a_gap(string json)
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { HasSignals = true };
        await (await stream.OpenAsync()).AnswerAsync($"event: siar.gap\ndata: {json}\n\n");

        (await stream.NextAsync()).Gap!.ToString().ShouldBe(json);
    }

    [Fact]
    public async Task Elsewhere_such_events_are_events()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("event: siar.gap\ndata: {}\n\n");

        (await stream.NextAsync()).IsEvent.ShouldBeTrue();
    }

    [Fact]
    public async Task Json_is_read_without_reflection()
    {
        using var server = new MemoryServer();
        await using var stream = EventStream.Open(server.Client(), new() { Url = MemoryServer.Url }, Json.Default.Price);
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = items.MoveNextAsync().AsTask();
        await (await server.NextAsync()).AnswerAsync("data: {\"Pair\":\"eur\",\n" + "data: \"Value\":1.07}\n\n");
        await next;

        items.Current.Data.ShouldBe(new Price("eur", 1.07m));
    }

    [Fact]
    public async Task Data_that_cannot_be_decoded_ends_the_stream_when_its_turn_comes()
    {
        using var server = new MemoryServer();
        await using var stream = EventStream.Open(server.Client(), new() { Url = MemoryServer.Url }, Json.Default.Price);
        List<string?> pairs = [];
        var running = stream.RunAsync(
            (item, _) =>
            {
                pairs.Add(item.Data?.Pair);
                return ValueTask.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        await (await server.NextAsync()).AnswerAsync("id: 1\ndata: {\"Pair\":\"a\"}\n\nid: 2\ndata: nonsense\n\nid: 3\ndata: {\"Pair\":\"c\"}\n\n");

        var failure = await Should.ThrowAsync<StreamException>(running);

        pairs.ShouldBe(["a"]);
        (failure.Failure, failure.LastEventId).ShouldBe((StreamFailure.Undecodable, "2"));
        failure.InnerException.ShouldBeOfType<JsonException>();
        stream.LastEventId.ShouldBe("1");
    }

    [Fact]
    public async Task What_is_too_large_ends_the_stream_after_what_came_before()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { Limits = new SseParserOptions { MaxLineBytes = 20 } };
        await (await stream.OpenAsync()).AnswerAsync("data: a\n\ndata: 012345678901234567890\n\n");

        await stream.ShouldBringAsync("a");
        (await stream.EndAsync()).ShouldBeOfType<StreamException>().Failure.ShouldBe(StreamFailure.TooLarge);
    }

    [Fact]
    public async Task A_token_is_asked_for_before_each_connection()
    {
        await using var stream = new StreamUnderTest();
        var count = 0;
        stream.Options = stream.Options with { TokenProvider = _ => new($"token-{++count}") };
        var first = await stream.OpenAsync();
        await first.AnswerAsync("data: x\n\n");
        var second = await stream.ReconnectAsync();

        first.Header("Authorization").ShouldBe("Bearer token-1");
        second.Header("Authorization").ShouldBe("Bearer token-2");
    }

    [Fact]
    public async Task A_token_that_cannot_be_had_for_now_is_a_failed_attempt()
    {
        await using var stream = new StreamUnderTest();
        var count = 0;
        stream.Options = stream.Options with { TokenProvider = _ => ++count == 1 ? throw new HttpRequestException("no issuer") : new("t") };
        stream.Start();

        (await stream.ReconnectAsync()).Header("Authorization").ShouldBe("Bearer t");
    }

    [Fact]
    public async Task A_header_of_the_application_replaces_the_stream_s_own()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { Headers = new Dictionary<string, string> { ["Accept"] = "application/json, text/event-stream" } };

        (await stream.OpenAsync()).Header("Accept").ShouldBe("application/json, text/event-stream");
    }

    [Fact]
    public async Task The_server_s_own_sentence_is_told()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync(403, "text/plain");
        await request.SendAsync("You may not read 'x'.\n");
        request.End();

        (await stream.EndAsync())!.Message.ShouldBe("http://server.test/stream refuses the stream: 403 Forbidden: You may not read 'x'.");
    }

    internal sealed record Price(string Pair, decimal Value);

    [JsonSerializable(typeof(Price))]
    internal sealed partial class Json : JsonSerializerContext;
}
