namespace Siar.Client.Tests;

/// <summary>What the web-platform tests in <c>eventsource/</c> assert about requests, answers and states. Each test is named for its file.</summary>
public sealed class RequestTests
{
    [Fact]
    public async Task Request_accept_and_cache_control()
    {
        await using var stream = new StreamUnderTest();
        var first = await stream.OpenAsync();
        await first.AnswerAsync("data: x\n\n");
        var second = await stream.ReconnectAsync();

        foreach (var request in (ServedRequest[])[first, second])
        {
            request.Header("Accept").ShouldBe("text/event-stream");
            request.Header("Cache-Control").ShouldBe("no-cache");
        }
    }

    [Theory]
    [InlineData(205)]
    [InlineData(210)]
    [InlineData(299)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(503)]
    public async Task Request_status_error(int status)
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { Reconnect = new() { RetriesPassingStatuses = false } };
        var request = await stream.OpenAsync();
        await request.StartAsync(status);
        await request.SendAsync("data: x\n\n");
        request.End();

        var failure = (await stream.EndAsync()).ShouldBeOfType<StreamException>();

        failure.Failure.ShouldBe(StreamFailure.Refused);
        ((int?)failure.StatusCode).ShouldBe(status);
        stream.Server.Count.ShouldBe(1);
        stream.Opened.ShouldBeEmpty();
    }

    [Fact]
    public async Task Request_status_error_204_is_the_end()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(204);

        (await stream.EndAsync()).ShouldBeNull();
        stream.Server.Count.ShouldBe(1);
        stream.Opened.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x bogus")]
    [InlineData("text/x-bogus")]
    [InlineData("text/event-stream-2")]
    [InlineData(null)]
    public async Task Format_mime_bogus(string? type)
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync(contentType: type);
        await request.SendAsync("data: x\n\n");

        (await stream.EndAsync()).ShouldBeOfType<StreamException>().Failure.ShouldBe(StreamFailure.NotAnEventStream);
        stream.Server.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("text/event-stream;")]
    [InlineData("text/event-stream; charset=utf-8")]
    [InlineData("Text/Event-Stream ;x=y")]
    public async Task Format_mime_trailing_semicolon(string type)
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync(contentType: type);
        await request.SendAsync("data: x\n\n");

        await stream.ShouldBringAsync("x");
    }

    [Fact]
    public async Task Eventsource_onopen_is_told_before_any_data()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await Patience.UntilAsync(() => stream.Opened.Count > 0);

        stream.Opened.ShouldBe([new StreamOpened(MemoryServer.Url, 1, "")]);
    }

    [Fact]
    public async Task Eventsource_reconnect()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("retry: 200\ndata: opened\n\n");
        await (await stream.ReconnectAsync()).AnswerAsync("data: reconnected\n\n");

        await stream.ShouldBringAsync("opened", "reconnected");
        stream.Reconnecting[0].ShouldBe(new StreamReconnecting("the stream ended", null, TimeSpan.FromMilliseconds(225), 0));
    }

    [Fact]
    public async Task Eventsource_close_after_a_204_there_is_nothing_more()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("retry: 2\ndata: opened\n\n");
        await (await stream.ReconnectAsync()).AnswerAsync("data: reconnected\n\n");
        await (await stream.ReconnectAsync()).AnswerAsync(204);

        (await stream.EndAsync()).ShouldBeNull();
        stream.Server.Count.ShouldBe(3);
        stream.Reconnecting.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Eventsource_close_brings_no_event_after_it()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync("data: 1\n\n");
        await stream.ShouldBringAsync("1");

        await stream.Stream.DisposeAsync();
        await request.SendAsync("data: 2\n\n");

        (await stream.EndAsync()).ShouldBeNull();
        request.Stream.IsDisposed.ShouldBeTrue();
        stream.Server.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Eventsource_request_cancellation()
    {
        await using var stream = new StreamUnderTest();
        await stream.OpenAsync();

        await stream.Stream.DisposeAsync();

        (await stream.EndAsync()).ShouldBeNull();
        stream.Opened.ShouldBeEmpty();
    }

    [Fact]
    public async Task Eventsource_cross_origin_tells_where_the_answer_came_from()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var other = await LoopbackServer.StartAsync();
        using var http = new HttpClient(SiarHttpHandler.Create());
        List<StreamOpened> opened = [];
        await using var stream = EventStream.Open(http, new() { Url = server.Url, OnOpened = opened.Add });
        await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        var next = items.MoveNextAsync().AsTask();
        await (await server.NextAsync()).AnswerAsync(307, ("Location", other.Url.AbsoluteUri));
        await (await other.NextAsync()).AnswerAsync("data: x\n\n");

        (await next).ShouldBeTrue();
        opened.Single().Url.ShouldBe(other.Url);
    }

    [Theory]
    [InlineData("ftp://example.not/")]
    [InlineData("about:blank")]
    [InlineData("mailto:whatwg@awesome.example")]
    [InlineData("javascript:alert('FAIL')")]
    public void Eventsource_constructor_non_same_origin(string url) =>
        Should.Throw<ArgumentException>(() => new EventStreamOptions { Url = new Uri(url) }).Message.ShouldContain("http");

    [Fact]
    public void Eventsource_constructor_url_bogus() =>
        Should.Throw<UriFormatException>(() => new EventStreamOptions { Url = new Uri("http://this is invalid/") });

    [Fact]
    public void Eventsource_url() => new EventStreamOptions { Url = new Uri("http://example.test/stream?x=1") }.Url.AbsoluteUri.ShouldBe("http://example.test/stream?x=1");
}
