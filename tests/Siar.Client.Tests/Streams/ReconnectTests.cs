namespace Siar.Client.Tests;

public sealed class ReconnectTests
{
    [Fact]
    public async Task A_refusal_counts_although_its_sentence_never_comes()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync(403, "text/plain");
        await Patience.UntilAsync(() => request.Stream.IsRead);

        stream.Time.Advance(stream.Options.ResponseTimeout);

        (await stream.EndAsync()).ShouldBeOfType<StreamException>().StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
    }

    /// <summary>Statuses of the way, not of the request: those of intermediaries among them.</summary>
    public static TheoryData<int> Passing => [408, 425, 429, 500, 502, 503, 504, 506, 507, 508, 510, 511, .. Enumerable.Range(520, 11), 599];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_status_that_passes_is_asked_again_until_a_stream_comes(int status)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(status);
        await (await stream.ReconnectAsync()).AnswerAsync(status);
        await (await stream.ReconnectAsync()).AnswerAsync("data: 1\n\ndata: 2\n\n");

        await stream.ShouldBringAsync("1", "2");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    [InlineData(421)]
    [InlineData(428)]
    [InlineData(501)]
    [InlineData(505)]
    public async Task A_status_of_the_request_itself_ends_the_stream(int status)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(status);

        ((int)(await stream.EndAsync()).ShouldBeOfType<StreamException>().StatusCode!).ShouldBe(status);
    }

    [Fact]
    public async Task A_server_that_asks_for_no_wait_is_not_asked_without_pause()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("retry: 0\n\n");
        await stream.WaitsAsync();

        stream.Reconnecting[0].Delay.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_server_that_asks_for_a_year_is_asked_in_an_hour()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("retry: 99999999999999999999\n\n");
        await stream.WaitsAsync();

        stream.Reconnecting[0].Delay.ShouldBeInRange(TimeSpan.FromHours(1), TimeSpan.FromHours(1.25));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_asked_less_and_less_often()
    {
        await using var stream = new StreamUnderTest();
        stream.Server.Unreachable = 7;
        stream.Options = stream.Options with { Random = () => 1 };
        stream.Start();
        for (var i = 0; i < 7; i++)
        {
            await stream.WaitsAsync();
            stream.Time.Advance(stream.Reconnecting[^1].Delay);
        }

        await (await stream.Server.NextAsync()).AnswerAsync("data: x\n\n");
        await stream.ShouldBringAsync("x");

        stream.Reconnecting.Take(7).Select(r => r.Delay.TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30]);
        stream.Reconnecting[6].Failures.ShouldBe(7);
        stream.Reconnecting[0].Reason.ShouldBe("the server cannot be reached (Connection refused)");
    }

    [Fact]
    public async Task Jitter_goes_down_to_the_shortest_wait()
    {
        await using var stream = new StreamUnderTest();
        stream.Server.Unreachable = 3;
        stream.Options = stream.Options with { Random = () => 0 };
        stream.Start();
        await stream.WaitsAsync();

        stream.Reconnecting[0].Delay.ShouldBe(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task A_connection_that_lived_long_begins_the_doubling_anew()
    {
        await using var stream = new StreamUnderTest();
        stream.Server.Unreachable = 3;
        stream.Options = stream.Options with { Random = () => 1 };
        stream.Start();
        for (var i = 0; i < 3; i++)
        {
            await stream.WaitsAsync();
            stream.Time.Advance(stream.Reconnecting[^1].Delay);
        }

        var request = await stream.Server.NextAsync();
        await request.StartAsync();
        await Patience.UntilAsync(() => stream.Opened.Count > 0);
        stream.Time.Advance(TimeSpan.FromSeconds(10));
        request.Break();
        await stream.WaitsAsync();

        stream.Reconnecting[^1].ShouldSatisfyAllConditions(r => r.Failures.ShouldBe(1), r => r.Delay.ShouldBe(TimeSpan.FromSeconds(1)), r => r.Failure.ShouldBeAssignableTo<IOException>());
    }

    [Fact]
    public async Task Connections_that_end_at_once_without_a_word_are_made_less_and_less_often()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { Random = () => 1 };
        await (await stream.OpenAsync()).AnswerAsync("");
        for (var i = 0; i < 3; i++) await (await stream.ReconnectAsync()).AnswerAsync("");
        await stream.WaitsAsync();

        stream.Reconnecting.Select(r => r.Delay.TotalSeconds).ShouldBe([1, 2, 4, 8]);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_passing_status_is_asked_again_when_the_server_says(int status)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(status, ("Retry-After", "11"));

        await stream.WaitsAsync();

        stream.Reconnecting[0].Delay.ShouldBeInRange(TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(11 * 1.25));
        stream.Reconnecting[0].Reason.ShouldStartWith($"the server refuses for now: {status}");
    }

    [Fact]
    public async Task Retry_After_may_be_a_date()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(503, ("Retry-After", stream.Time.GetUtcNow().AddSeconds(20).ToString("R")));

        await stream.WaitsAsync();

        stream.Reconnecting[0].Delay.ShouldBeInRange(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task The_attempts_can_be_counted()
    {
        await using var stream = new StreamUnderTest();
        stream.Server.Unreachable = int.MaxValue;
        stream.Options = stream.Options with { Reconnect = new() { MaxAttempts = 2 } };
        stream.Start();
        await stream.WaitsAsync();
        stream.Time.Advance(stream.Reconnecting[0].Delay);

        var failure = (await stream.EndAsync()).ShouldBeOfType<StreamException>();

        failure.Failure.ShouldBe(StreamFailure.Unreachable);
        failure.Message.ShouldBe("The server cannot be reached (Connection refused). That was failure 2 of at most 2 in a row.");
        failure.InnerException.ShouldBeOfType<HttpRequestException>();
    }

    [Fact]
    public async Task A_connection_that_ended_in_order_is_no_failure()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { Reconnect = new() { MaxAttempts = 2 } };
        await (await stream.OpenAsync()).AnswerAsync("data: x\n\n");
        (await stream.ReconnectAsync()).Fail(new HttpRequestException("refused"));
        await (await stream.ReconnectAsync()).AnswerAsync("data: y\n\n");
        await (await stream.ReconnectAsync()).AnswerAsync("data: z\n\n");

        await stream.ShouldBringAsync("x", "y", "z");
        stream.Reconnecting.Select(r => r.Failures).Take(3).ShouldBe([0, 1, 0]);
    }

    [Fact]
    public async Task Never_means_one_connection()
    {
        await using var stream = With(ReconnectMode.Never);
        await (await stream.OpenAsync()).AnswerAsync("data: x\n\n");

        (await stream.EndAsync()).ShouldBeNull();
        await stream.ShouldBringAsync("x");
        stream.Server.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Never_makes_an_exception_of_what_breaks()
    {
        await using var stream = With(ReconnectMode.Never);
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync("data: x\n\ndata: cut");
        request.Break();

        await stream.ShouldBringAsync("x");
        (await stream.EndAsync()).ShouldBeOfType<StreamException>().Failure.ShouldBe(StreamFailure.Broken);
    }

    [Fact]
    public async Task On_error_ends_where_the_server_ends_in_order()
    {
        await using var stream = With(ReconnectMode.OnError);
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync("id: 1\ndata: x\n\n");
        request.Break();
        var second = await stream.ReconnectAsync();
        await second.AnswerAsync("data: y\n\n");

        (await stream.EndAsync()).ShouldBeNull();
        second.Header("Last-Event-ID").ShouldBe("1");
        await stream.ShouldBringAsync("x", "y");
    }

    [Theory]
    [InlineData(ReconnectMode.Always)]
    [InlineData(ReconnectMode.OnError)]
    [InlineData(ReconnectMode.Never)]
    public async Task The_mark_of_the_end_ends_every_stream(ReconnectMode mode)
    {
        await using var stream = With(mode);
        stream.Options = stream.Options with { EndData = "[DONE]" };
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync("data: x\n\ndata: [DONE]\n\ndata: y\n\n");

        await stream.ShouldBringAsync("x");
        (await stream.EndAsync()).ShouldBeNull();
        request.Stream.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_whose_type_is_the_mark_is_the_last()
    {
        await using var stream = With(ReconnectMode.OnError);
        stream.Options = stream.Options with { EndType = "message_stop" };
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync("data: x\n\nevent: message_stop\ndata: {}\n\ndata: y\n\n");

        await stream.ShouldBringAsync("x", "{}");
        (await stream.EndAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_that_ends_before_its_mark_was_cut_off()
    {
        await using var stream = With(ReconnectMode.Never);
        stream.Options = stream.Options with { EndData = "[DONE]" };
        await (await stream.OpenAsync()).AnswerAsync("data: x\n\n");

        await stream.ShouldBringAsync("x");
        (await stream.EndAsync()).ShouldBeOfType<StreamException>().Message.ShouldStartWith("The stream ended before the event that was to be its last.");
    }

    [Fact]
    public async Task A_head_that_does_not_come_is_waited_for_so_long_and_no_longer()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { ResponseTimeout = TimeSpan.FromSeconds(5) };
        await stream.OpenAsync();

        stream.Time.Advance(TimeSpan.FromSeconds(5));
        await stream.ReconnectAsync();

        stream.Reconnecting[0].Reason.ShouldBe("the server has not answered within 5 s");
    }

    [Fact]
    public async Task Any_byte_begins_the_silence_anew()
    {
        await using var stream = new StreamUnderTest();
        stream.Options = stream.Options with { ReadTimeout = TimeSpan.FromSeconds(10) };
        var request = await stream.OpenAsync();
        await request.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            var comments = stream.Comments.Count;
            await Patience.UntilAsync(() => stream.Opened.Count > 0 && stream.Time.TimerCount == 1);
            stream.Time.Advance(TimeSpan.FromSeconds(9));
            await request.SendAsync(":\n");
            await Patience.UntilAsync(() => stream.Comments.Count > comments);
        }

        stream.Reconnecting.ShouldBeEmpty();
        await Patience.UntilAsync(() => stream.Time.TimerCount == 1);
        stream.Time.Advance(TimeSpan.FromSeconds(10));
        await stream.ReconnectAsync();
        stream.Reconnecting.Single().Reason.ShouldBe("the stream was silent for 10 s");
    }

    [Fact]
    public async Task The_application_can_cut_a_wait_short()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("retry: 60000\ndata: x\n\n");
        await stream.WaitsAsync();

        stream.Stream.Reconnect();

        await (await stream.Server.NextAsync()).AnswerAsync("data: y\n\n");
        await stream.ShouldBringAsync("x", "y");
    }

    [Fact]
    public async Task Cancelling_throws_and_lets_the_connection_go()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync("data: x\n\n");
        await stream.ShouldBringAsync("x");

        stream.Cancel();

        (await stream.EndAsync()).ShouldBeAssignableTo<OperationCanceledException>();
        request.Stream.IsDisposed.ShouldBeTrue();
    }

    private static StreamUnderTest With(ReconnectMode mode)
    {
        var stream = new StreamUnderTest();
        stream.Options = stream.Options with { Reconnect = new() { Mode = mode } };
        return stream;
    }
}
