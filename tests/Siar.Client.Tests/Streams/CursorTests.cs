namespace Siar.Client.Tests;

public sealed class CursorTests
{
    [Fact]
    public async Task A_block_with_only_an_id_moves_the_place()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("id: 1\ndata: x\n\nid: 7\n\n");

        (await stream.ReconnectAsync()).Header("Last-Event-ID").ShouldBe("7");
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData(" x")]
    [InlineData("x ")]
    [InlineData("a\u0001b")]
    [InlineData("a\u001bb")]
    [InlineData("a\u007fb")]
    [InlineData(" é&=+%20 ")]
    public async Task An_id_that_a_header_cannot_bring_back_unchanged_goes_into_the_query(string id)
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { Url = new Uri(MemoryServer.Url, "?last_event_id=old&x=a%20b") };
        await (await stream.OpenAsync()).AnswerAsync($"id:{(id[0] == ' ' ? " " : "")}{id}\ndata: x\n\n");

        var again = await stream.ReconnectAsync();

        again.Header("Last-Event-ID").ShouldBeNull();
        again.Url.ShouldBe($"/stream?x=a%20b&lastEventId={Uri.EscapeDataString(id)}");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("é")]
    [InlineData("\u00a0x\u3000")]
    public async Task An_id_that_a_header_can_bring_back_goes_into_the_header(string id)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync($"id: {id}\ndata: x\n\n");

        var again = await stream.ReconnectAsync();

        again.Header("Last-Event-ID").ShouldBe(id);
        again.Url.ShouldBe("/stream");
    }

    [Fact]
    public async Task A_stream_may_begin_after_an_id_that_could_not_be_published_today()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { LastEventId = " x" };

        (await stream.OpenAsync()).Url.ShouldBe("/stream?lastEventId=%20x");
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    public void No_stream_begins_after_what_can_be_no_id(string id) =>
        Should.Throw<ArgumentException>(() => new EventStreamOptions { Url = MemoryServer.Url, LastEventId = id }).Message.ShouldContain("The last event id holds");

    [Fact]
    public void No_stream_begins_after_half_a_character() =>
        Should.Throw<ArgumentException>(() => new EventStreamOptions { Url = MemoryServer.Url, LastEventId = "a\ud800b" }).Message.ShouldContain("a lone surrogate");

    [Fact]
    public async Task What_has_come_but_was_not_handed_over_does_not_move_the_place()
    {
        await using var stream = new StreamUnderTest();
        var first = stream.Stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = first.MoveNextAsync().AsTask();
        await (await stream.Server.NextAsync()).AnswerAsync("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\n");
        await next;
        first.Current.Data.ShouldBe("a");
        await first.DisposeAsync();

        stream.Stream.LastEventId.ShouldBe("1");
        (await stream.OpenAsync()).Header("Last-Event-ID").ShouldBe("1");
    }

    [Theory]
    [InlineData(CursorMoves.WhenHandedOver, "2")]
    [InlineData(CursorMoves.WhenHandled, "1")]
    public async Task An_event_whose_handler_throws_was_had_or_not(CursorMoves moves, string lastEventId)
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { CursorMoves = moves };
        var running = stream.Stream.RunAsync(
            (item, _) => item.Data == "b" ? throw new InvalidOperationException("handler") : ValueTask.CompletedTask,
            TestContext.Current.CancellationToken);
        await (await stream.Server.NextAsync()).AnswerAsync("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n");

        await Should.ThrowAsync<InvalidOperationException>(running);

        stream.Stream.LastEventId.ShouldBe(lastEventId);
        (await stream.OpenAsync()).Header("Last-Event-ID").ShouldBe(lastEventId);
    }

    [Fact]
    public async Task Breaking_out_of_the_loop_counts_the_event_only_as_handed_over()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { CursorMoves = CursorMoves.WhenHandled };
        var reading = Task.Run(async () =>
        {
            await foreach (var item in stream.Stream)
            {
                if (item.Data == "b") break;
            }
        });
        await (await stream.Server.NextAsync()).AnswerAsync("id: 1\ndata: a\n\nid: 2\ndata: b\n\n");
        await reading;

        stream.Stream.LastEventId.ShouldBe("1");
    }

    [Fact]
    public async Task What_had_come_before_the_break_is_handed_over_first()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync("id: 1\ndata: a\n\nid: 2\ndata: b\n\n");
        request.Break();

        (await stream.ReconnectAsync()).Header("Last-Event-ID").ShouldBe("2");
        await stream.ShouldBringAsync("a", "b");
    }

    [Fact]
    public async Task Ids_may_be_kept_for_ever()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync(string.Concat(Enumerable.Range(0, 2_000).Select(i => $"id: id-{i}\ndata: {i}\n\n")));
        List<StreamItem<string>> items = [];
        for (var i = 0; i < 2_000; i++) items.Add(await stream.NextAsync());

        items.Select(i => i.LastEventId).ShouldBe(Enumerable.Range(0, 2_000).Select(i => $"id-{i}"));
    }

    [Fact]
    public async Task A_stream_has_one_reader_at_a_time()
    {
        await using var stream = new StreamUnderTest();
        await using var reader = stream.Stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Should.Throw<InvalidOperationException>(() => stream.Stream.GetAsyncEnumerator(TestContext.Current.CancellationToken)).Message.ShouldContain("one reader at a time");
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\0b")]
    public void An_id_that_no_event_can_have_is_refused(string id) =>
        Should.Throw<ArgumentException>(() => new EventStreamOptions { Url = MemoryServer.Url, LastEventId = id });
}
