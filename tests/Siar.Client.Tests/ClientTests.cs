using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Siar.Wire;

namespace Siar.Client.Tests;

public sealed class ClientTests
{
    [Fact]
    public async Task The_stream_of_a_hub_is_asked_for_with_all_that_is_wanted()
    {
        using var server = new MemoryServer();
        await using var client = new SiarClient(server.Client(), new() { Hub = new("http://hub.test"), Token = "secret" });
        await using var stream = client.SubscribeAsync(new SubscribeOptions
        {
            Topics = ["a b", "c&d"],
            Patterns = ["/p/*"],
            Templates = ["/t/{id}"],
            LastEventId = SubscribeOptions.Earliest,
            Headers = new Dictionary<string, string> { ["X-Mine"] = "1" },
        });
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = items.MoveNextAsync().AsTask();

        var request = await server.NextAsync();
        await request.AnswerAsync("event: siar.gap\ndata: {\"reason\":\"trimmed\"}\n\n");
        await next;

        request.Url.ShouldBe("/events?refusal=status&signals=on&topic=a%20b&topic=c%26d&pattern=%2Fp%2F%2A&template=%2Ft%2F%7Bid%7D");
        request.Header("Last-Event-ID").ShouldBe("earliest");
        request.Header("Authorization").ShouldBe("Bearer secret");
        request.Header("X-Mine").ShouldBe("1");
        items.Current.IsGap.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_type_that_the_options_know_is_read(bool hasReflection)
    {
        var options = hasReflection ? JsonSerializerOptions.Web : new JsonSerializerOptions { TypeInfoResolver = ItemTests.Json.Default };
        using var server = new MemoryServer();
        await using var client = new SiarClient(server.Client(), new() { Hub = new("http://hub.test") });
        await using var stream = client.SubscribeAsync<ItemTests.Price>(new() { Topics = ["t"] }, options);
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = items.MoveNextAsync().AsTask();
        await (await server.NextAsync()).AnswerAsync("data: {\"Pair\":\"eur\"}\n\n");
        await next;

        items.Current.Data!.Pair.ShouldBe("eur");
    }

    [Theory]
    [InlineData("prices/{pair}", "/events?refusal=status&signals=on&template=prices%2F%7Bpair%7D")]
    [InlineData("prices", "/events?refusal=status&signals=on&topic=prices")]
    public async Task A_typed_topic_is_read_as_its_type_and_a_family_as_a_whole(string template, string url)
    {
        using var server = new MemoryServer();
        await using var client = new SiarClient(server.Client(), new() { Hub = new("http://hub.test") });
        await using var stream = client.SubscribeAsync(new Topic<ItemTests.Price>(template, ItemTests.Json.Default.Price));
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = items.MoveNextAsync().AsTask();
        var request = await server.NextAsync();
        await request.AnswerAsync("data: {\"Pair\":\"eur\"}\n\n");
        await next;

        request.Url.ShouldBe(url);
        items.Current.Data!.Pair.ShouldBe("eur");
    }

    [Fact]
    public void A_subscription_to_nothing_is_refused() =>
        Should.Throw<ArgumentException>(() => new SiarClient(new Uri("http://hub.test")).SubscribeAsync(new SubscribeOptions())).Message.ShouldContain("nothing to subscribe to");

    [Theory]
    [InlineData(3, false, "/events?refusal=status&signals=on&topic=t&last=3")]
    [InlineData(null, true, "/events?refusal=status&signals=on&topic=t&snapshot=on")]
    public async Task A_stream_may_begin_with_the_newest_and_goes_on_after_what_it_had(int? last, bool snapshot, string url)
    {
        using var server = new MemoryServer();
        await using var client = new SiarClient(server.Client(), new() { Hub = new("http://hub.test"), Reconnect = new() { MinDelay = TimeSpan.Zero } });
        await using var stream = client.SubscribeAsync(new SubscribeOptions { Topics = ["t"], Last = last, Snapshot = snapshot });
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = items.MoveNextAsync().AsTask();
        var first = await server.NextAsync();
        await first.AnswerAsync("retry: 0\nid: 7\ndata: x\n\n");
        first.End();
        await next;
        next = items.MoveNextAsync().AsTask();
        var second = await server.NextAsync();
        await second.AnswerAsync("data: y\n\n");
        await next;

        first.Url.ShouldBe(url);
        first.Header("Last-Event-ID").ShouldBeNull();
        second.Url.ShouldBe(url);
        second.Header("Last-Event-ID").ShouldBe("7");
    }

    [Fact]
    public void A_stream_that_begins_in_two_ways_or_with_less_than_one_event_is_refused()
    {
        Should.Throw<ArgumentException>(() => new SiarClient(new Uri("http://hub.test")).SubscribeAsync(new SubscribeOptions { Topics = ["t"], Last = 1, Snapshot = true }))
            .Message.ShouldContain("choose one");
        Should.Throw<ArgumentOutOfRangeException>(() => new SubscribeOptions { Last = 0 }).Message.ShouldContain("1 or more");
    }

    [Theory]
    [InlineData("ftp://hub.test/", "not a hub's address")]
    [InlineData("http://hub.test/?x=1", "more than a path")]
    public void A_hub_s_address_that_is_none_is_refused(string url, string sentence) =>
        Should.Throw<ArgumentException>(() => new SiarClient(new Uri(url))).Message.ShouldContain(sentence);

    [Fact]
    public async Task An_id_that_is_not_ASCII_goes_out_as_UTF_8_on_a_real_connection()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var client = new SiarClient(server.Url);
        await using var stream = client.SubscribeAsync(new SubscribeOptions { Topics = ["t"], LastEventId = "…ü豆" });
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = items.MoveNextAsync().AsTask();

        var request = await server.NextAsync();
        await request.AnswerAsync("data: x\n\n");
        await next;

        request.Header("Last-Event-ID").ShouldBe("…ü豆");
    }

    [Fact]
    public async Task A_cookie_is_not_sent_back()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var client = new SiarClient(server.Url);
        await using var stream = client.SubscribeAsync("t");
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = items.MoveNextAsync().AsTask();
        var first = await server.NextAsync();
        await first.StartAsync(200, "text/event-stream", ("Set-Cookie", "a=b"));
        await first.SendAsync("retry: 0\n\n");
        first.End();

        var second = await server.NextAsync();
        await second.AnswerAsync("data: x\n\n");
        await next;

        second.Header("Cookie").ShouldBeNull();
    }

    [Fact]
    public async Task A_connection_that_is_let_go_is_closed_at_once()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var client = new SiarClient(server.Url);
        await using var stream = client.SubscribeAsync("t");
        var reading = stream.RunAsync((_, _) => ValueTask.CompletedTask, TestContext.Current.CancellationToken);
        var request = await server.NextAsync();
        await request.StartAsync();

        await stream.DisposeAsync();
        await reading;

        await request.GoneAsync();
    }

    [Fact]
    public async Task Services_bring_a_client_on_the_factory_s_handlers()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var services = new ServiceCollection()
            .AddSiarClient(o => o.Hub = server.Url).Services
            .AddSiarClient("other", o => o.Hub = new Uri("http://other.test/")).Services
            .BuildServiceProvider();
        var client = services.GetRequiredService<SiarClient>();
        var publishing = client.PublishAsync("t", "x", TestContext.Current.CancellationToken);

        var request = await server.NextAsync();
        await request.StartAsync(200, "application/json");
        await request.SendAsync("{\"ids\":[\"1\"]}");
        request.End();

        (await publishing).ShouldBe("1");
        request.Url.ShouldBe("/stream/events");
        services.GetRequiredService<SiarClient>().ShouldBeSameAs(client);
        services.GetRequiredKeyedService<SiarClient>("other").ShouldNotBeSameAs(client);
    }

    [Fact]
    public void Services_without_an_address_say_so()
    {
        using var services = new ServiceCollection().AddSiarClient(_ => { }).Services.BuildServiceProvider();

        Should.Throw<ArgumentException>(() => services.GetRequiredService<SiarClient>()).Message.ShouldContain("SiarClientOptions.Hub");
    }
}
